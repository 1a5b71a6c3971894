import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { baseChains } from '../../src/backend/nftables/base-ruleset.ts';
import { containersOf } from '../../src/backend/nftables/schema.ts';
import { FLAGS } from '../../src/cli/flags.ts';
import { FAMILIES } from '../../src/model/ip.ts';

// What the documents say of the tree is so: paths, links, targets of make, flags, names in the kernel, metrics, log lines.

const DOCUMENTS = globSync(['*.md', 'docs/**/*.md', 'deploy/**/*.md']).toSorted();

const read = (path: string): string => readFileSync(path, 'utf8');

/** The text without blocks of code: there, ``` and indented lines are what a program prints or reads. */
const prose = (text: string): string => text.replace(/^```[\s\S]*?^```/gm, '');

const codeOf = (text: string): string[] => [...prose(text).matchAll(/`([^`\n]+)`/g)].map(([, code]) => code!);

/** What a section says, from its heading to the next one of its level. */
function section(document: string, heading: string): string {
  const [, body] = read(document).split(`\n## ${heading}\n`);
  if (body === undefined) throw new Error(`${document} has no section "${heading}"`);
  return body.split('\n## ')[0]!;
}

/** Words in code of the first column of a section's tables. */
const firstColumn = (text: string): string[] =>
  text.split('\n').flatMap(line => (line.startsWith('| ') ? codeOf(line.split(' | ')[0]!) : []));

const IN_TREE = /^(src|test|docs|deploy|scripts|bench|\.ci)\/[\w./*-]*$/;
/** Made by running something, or with dots in the place of names. */
const isNoPath = (path: string): boolean => /^bench\/results(\/|$)|\.\.\./.test(path);

/** GitHub's anchors of the headings of a document. */
const anchorsOf = (text: string): string[] =>
  [...prose(text).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );

describe.each(DOCUMENTS)('%s', document => {
  const text = read(document);

  test('names paths that are there', () => {
    const paths = codeOf(text).filter(code => IN_TREE.test(code) && !isNoPath(code));
    expect(paths.filter(path => (path.includes('*') ? !globSync(path).length : !existsSync(path)))).toEqual([]);
  });

  test('has links that lead somewhere', () => {
    const links = [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
    const broken = links
      .filter(link => !/^[a-z]+:/.test(link))
      .filter(link => {
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? document : join(dirname(document), path);
        return !existsSync(target) || (anchor !== undefined && !anchorsOf(read(target)).includes(anchor));
      });
    expect(broken).toEqual([]);
  });

  test('names targets of make that are there', () => {
    const targets = new Set([...read('Makefile').matchAll(/^([a-z0-9-]+):/gm)].map(([, target]) => target));
    const named = [...text.matchAll(/(?:^ {4}|`)make ([a-z][a-z0-9-]*)/gm)].map(([, target]) => target);
    expect(named.filter(target => !targets.has(target))).toEqual([]);
  });
});

test('docs/ruleset.md names every set, map and chain, and no other', () => {
  const options = { family: 'ipv4', localSource: 'pod-cidrs', masqueradeAll: false, masqueradeMark: 0x4000 } as const;
  const chains = baseChains({ ...options, nodePorts: 'listed', affinity: 'learnt' }).map(({ name }) => name);
  expect(firstColumn(section('docs/ruleset.md', 'The way of a packet')).toSorted()).toEqual(chains.toSorted());
  const containers = [...new Set(FAMILIES.flatMap(family => containersOf(family).map(({ name }) => name)))];
  expect(firstColumn(section('docs/ruleset.md', 'Sets and maps')).toSorted()).toEqual(containers.toSorted());
});

test('docs/operations.md tells of every metric, and of no other', () => {
  const told = firstColumn(section('docs/operations.md', 'Metrics'));
  const shown = read('test/unit/telemetry/metrics/exposition.txt')
    .split('\n')
    .flatMap(line => /^(\w+) (?:counter|gauge|histogram) /.exec(line)?.[1] ?? []);
  // Pinned by the test of the process's own metrics.
  const others = ['sluice_build_info', 'kubernetes_build_info'];
  expect(told.toSorted()).toEqual([...shown, ...others].toSorted());
});

test('queries in docs/operations.md ask for metrics that are there', () => {
  const others = new Set(['sluice_build_info', 'kubernetes_build_info', 'nodejs_eventloop_lag_p99_seconds']);
  const shown = new Set(
    [...read('test/unit/telemetry/metrics/exposition.txt').matchAll(/^\w+/gm)].map(([name]) => name),
  );
  const text = section('docs/operations.md', 'Metrics');
  const asked = text.match(/\b(?:sluice|kubeproxy|rest_client|nodejs|kubernetes)_[a-z_0-9]*[a-z0-9]\b(?!\*)/g) ?? [];
  const known = (name: string): boolean => shown.has(name) || others.has(name);
  expect(asked.length).toBeGreaterThan(60);
  expect(asked.filter(name => !known(name) && !known(name.replace(/_(?:bucket|sum|count)$/, '')))).toEqual([]);
});

test('docs/operations.md quotes log lines that the program writes', () => {
  const sources = globSync('src/**/*.ts').map(read).join('\n');
  const templates = [...sources.matchAll(/`([^`\n]*\$\{[^`\n]*)`/g)].map(([, text]) =>
    text!.replaceAll(/[.*+?^()|[\]\\]/g, '\\$&').replaceAll(/\$\{[^}]*\}/g, '.+'),
  );
  const patterns = templates
    .filter(one => /[a-z]{4}/.test(one.replaceAll('.+', '')))
    .map(one => new RegExp(`^${one}$`));
  const lines = firstColumn(section('docs/operations.md', 'The log'));
  expect(lines.length).toBeGreaterThan(30);
  expect(lines.filter(line => !sources.includes(`'${line}'`) && !patterns.some(one => one.test(line)))).toEqual([]);
});

test('flags in documents are flags of the program', () => {
  const known = new Set(FLAGS.map(({ name }) => `--${name}`));
  const told = ['README.md', 'docs/operations.md', 'docs/ruleset.md'].flatMap(document => {
    const text = read(document);
    const commands = text.match(/^ {4}.*\bsluice (?:.*)$|`(?:sluice )?--?[^`\n]+`|`sluice [^`\n]+`/gm) ?? [];
    return commands.flatMap(command => command.match(/(?<=[\s`])--[a-z][a-z-]*/g) ?? []);
  });
  expect(told.length).toBeGreaterThan(20);
  expect(told.filter(flag => !known.has(flag))).toEqual([]);
});
