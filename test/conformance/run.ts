// Runs conformance scenarios against a service proxy. See README.md.

import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { Mode } from './lib/config.ts';
import { sweep } from './lib/namespaces.ts';
import { printSummary, writeJson, writeJUnit } from './lib/report.ts';
import { runScenarios } from './lib/run-scenarios.ts';
import { findScenarios, loadScenarios } from './lib/scenario.ts';
import type { LoadedScenario } from './lib/scenario.ts';
import { judgeRun, tally, unusedEntries } from './lib/verdict.ts';
import type { NotYet } from './lib/verdict.ts';

const USAGE = `usage: run.ts [options] [scenario-directory...]

  --proxy <command>   the proxy under test (or $PROXY)
  --mode <mode>       nftables (default) or ipvs
  --only <glob>       only scenarios whose id matches, e.g. 'udp/*' (may be repeated)
  --part <n>/<of>     only one part of the scenarios, e.g. 1/2 and 2/2 on two machines
  --list              list the scenarios and why they are there
  --not-yet <file>    a module that lists scenarios that are expected to fail, or 'none' (default)
  --nft <path>        the nft that the proxy finds in its PATH; the harness keeps the machine's own
  --jobs <n>          run so many scenarios at a time, each in a network of its own (default 1)
  --patience <x>      stretch every deadline by this factor, for slow machines
  --keep              at the first failure, keep everything running until Ctrl-C
  --results <dir>     where evidence of failures goes (default: conformance-results)
  --json <file>       write a report as JSON
  --junit             write junit.xml into the results directory
  --sweep             remove namespaces that killed runs left behind, then exit
`;

function parseOptions() {
  return parseArgs({
    allowPositionals: true,
    options: {
      proxy: { type: 'string', default: process.env['PROXY'] ?? '' },
      mode: { type: 'string', default: 'nftables' },
      only: { type: 'string', multiple: true, default: [] },
      part: { type: 'string', default: '1/1' },
      list: { type: 'boolean', default: false },
      'not-yet': { type: 'string', default: 'none' },
      nft: { type: 'string' },
      jobs: { type: 'string', default: '1' },
      patience: { type: 'string', default: '1' },
      keep: { type: 'boolean', default: false },
      results: { type: 'string', default: 'conformance-results' },
      json: { type: 'string' },
      junit: { type: 'boolean', default: false },
      sweep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
}
type Options = ReturnType<typeof parseOptions>['values'];

function modeNamed(name: string): Mode {
  if (name === 'nftables' || name === 'ipvs') return name;
  throw new Error(`no such mode: ${name}`);
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} takes a number above 0, not ${text}`);
  return value;
}

/** Every so-manieth scenario, so that parts take about the same time. */
function partOf(scenarios: readonly LoadedScenario[], text: string): LoadedScenario[] {
  const [, part, parts] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
  if (!part || !parts || part > parts) throw new Error(`--part takes two numbers such as 1/2, not ${text}`);
  return scenarios.filter((_, index) => index % parts === part - 1);
}

/** The list of a module; every entry of it must be of use. */
async function notYetOf(file: string, ids: readonly string[]): Promise<NotYet> {
  if (file === 'none') return {};
  const { default: notYet }: { default: NotYet } = await import(pathToFileURL(resolve(file)).href);
  const unused = unusedEntries(notYet, ids);
  if (unused.length) throw new Error(`${file} lists what is not there: ${unused.join(', ')}`);
  return notYet;
}

async function test(scenarios: readonly LoadedScenario[], notYet: NotYet, options: Options): Promise<number> {
  const { proxy, keep, nft, results, json, junit } = options;
  const mode = modeNamed(options.mode);
  const started = new Date();
  const { outcomes, repeats } = await runScenarios(scenarios, {
    proxy,
    mode,
    jobs: Math.ceil(positive('jobs', options.jobs)),
    patience: positive('patience', options.patience),
    keep,
    results: resolve(results),
    nft,
    notYet,
  });
  const verdicts = judgeRun(outcomes, repeats, notYet);
  const seconds = (Date.now() - started.getTime()) / 1000;
  if (json !== undefined) await writeJson(json, { proxy, mode, nft, started, seconds }, verdicts);
  if (junit) {
    await mkdir(results, { recursive: true });
    await writeJUnit(join(results, 'junit.xml'), verdicts);
  }
  printSummary(verdicts);
  return tally(verdicts).failed ? 1 : 0;
}

/** Resolves to the exit status: 0, or 1 if any scenario failed. Throws when the run cannot be made. */
async function main(): Promise<number> {
  const { values: options, positionals } = parseOptions();
  if (options.help) {
    console.log(USAGE);
    return 0;
  }
  if (options.sweep) {
    console.log((await sweep()).join('\n') || 'nothing to remove');
    return 0;
  }
  const own = fileURLToPath(new URL('scenarios', import.meta.url));
  const modules = await findScenarios(positionals.length ? positionals : [own]);
  const scenarios = partOf(await loadScenarios(modules, options.only), options.part);
  if (options.list) {
    for (const { id, name, why } of scenarios) console.log(`${id}\n    ${name}\n    ${why}`);
    return 0;
  }
  if (!scenarios.length) throw new Error('no scenario matches');
  if (!options.proxy) throw new Error('no proxy to test: give --proxy or set PROXY');
  if (process.getuid?.() !== 0) throw new Error('network namespaces need root');
  const ids = modules.map(({ id }) => id);
  return test(scenarios, await notYetOf(options['not-yet'], ids), options);
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
// Sockets of the API server double may linger; nothing is left to wait for.
process.exit();
