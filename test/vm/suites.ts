// What is tested in the guest. A new suite is a new entry; docs/testing.md tells what each is for.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mode } from '../conformance/lib/config.ts';
import notIpvs from '../conformance/not-ipvs.ts';
import notYet from '../conformance/not-yet.ts';
import { listedOutcome, vitestOutcome } from '../levels/outcome.ts';
import type { ConformanceReport, LevelOutcome, ToolEnd, VitestReport } from '../levels/outcome.ts';

/** Where the guest has the folder for results. */
export const RESULTS = '/run/results';

const SCHEDULERS = ['rr', 'wrr', 'lc', 'wlc', 'sh', 'mh'];

/** What IPVS is made of. Other modules, such as those of nftables, come when they are asked for. */
export const IPVS_MODULES = ['ip_vs', ...SCHEDULERS.map(name => `ip_vs_${name}`), 'dummy', 'veth', 'sctp'];

export interface Suite {
  readonly name: string;
  /** Whether it is for every run, for a full one, or has what of the full ones' is for every other run. */
  readonly when: 'always' | 'full' | 'part';
  /** A shell command that leaves a report in RESULTS. */
  readonly command: string;
  readonly memoryMb: number;
  /** Kernel modules that it needs before anything asks for them. */
  readonly modules: readonly string[];
  readonly timeoutSeconds: number;
  /** Reads the report in the folder; throws where there is none. */
  readonly read: (folder: string, end: ToolEnd) => Promise<LevelOutcome>;
}

async function reportIn<T>(folder: string): Promise<T> {
  const report: T = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8'));
  return report;
}

interface Scenarios {
  readonly mode?: Mode;
  /** None for all. */
  readonly globs?: readonly string[];
  readonly more?: string;
  readonly modules: readonly string[];
  readonly minutes?: number;
  readonly when?: Suite['when'];
}

/** Scenarios of the conformance suite, on Debian's kernel. Everything takes some 20 times as long as outside. */
const scenarios = (name: string, told: Scenarios): Suite => {
  const { mode = 'nftables', globs = [], more = '', modules, minutes = 20, when = 'always' } = told;
  const list = mode === 'ipvs' ? notIpvs : notYet;
  return {
    name,
    when,
    command: [
      `node test/conformance/run.ts --proxy "$PWD/dist/sluice" --mode ${mode} --patience 4 --jobs 2 ${more}`,
      `--not-yet test/conformance/${mode === 'ipvs' ? 'not-ipvs' : 'not-yet'}.ts`,
      `--results ${RESULTS}/evidence --json ${RESULTS}/report.json`,
      ...globs.map(glob => `--only '${glob}'`),
    ].join(' '),
    memoryMb: 2048,
    modules,
    timeoutSeconds: minutes * 60,
    read: async (folder, end) => listedOutcome(await reportIn<ConformanceReport>(folder), end, list),
  };
};

/** The tests of the vitest project `kernel` whose full names match; the others count as not there. */
const kernelTests = (name: string, file: string, pattern: RegExp): Suite => ({
  name,
  when: 'always',
  command: [
    // Its configuration is loaded without a temporary file beside it, for which there is no place.
    'node node_modules/vitest/vitest.mjs run --project kernel --configLoader native --testTimeout 600000',
    `--reporter verbose --reporter json --outputFile.json ${RESULTS}/report.json`,
    `--testNamePattern "${pattern.source}" ${file}`,
  ].join(' '),
  memoryMb: 1024,
  modules: [],
  timeoutSeconds: 1200,
  read: async (folder, end) => {
    const { testResults } = await reportIn<VitestReport>(folder);
    const chosen = testResults.map(({ assertionResults, ...more }) => {
      return { ...more, assertionResults: assertionResults.filter(({ fullName }) => pattern.test(fullName)) };
    });
    return vitestOutcome({ testResults: chosen }, end);
  },
});

/** The tests of the vitest project `vm`, which are for this kernel only. */
const vmTests: Suite = {
  name: 'ipvsadm',
  when: 'always',
  command: [
    'node node_modules/vitest/vitest.mjs run --project vm --configLoader native',
    `--reporter verbose --reporter json --outputFile.json ${RESULTS}/report.json`,
  ].join(' '),
  memoryMb: 1024,
  modules: IPVS_MODULES,
  timeoutSeconds: 1200,
  read: async (folder, end) => vitestOutcome(await reportIn<VitestReport>(folder), end),
};

const NFTABLES_BACKEND = 'test/kernel/nftables-backend.test.ts';

/** Besides those of the folder ipvs: all kinds of front ends, policies and sources, from everywhere, in both families. */
const IPVS_PART = ['ipvs/*', 'clusterip/undefined-port-is-refused'];

/** The guests that the scenarios in mode ipvs are divided among. */
const PARTS = ['1', '2'];
const ipvsParts = (name: string, when: 'full' | 'part', minutes: number, globs: readonly string[] = []): Suite[] =>
  PARTS.map(part => {
    const more = `--part ${part}/${PARTS.length}`;
    return scenarios(`${name}-${part}`, { mode: 'ipvs', globs, more, modules: IPVS_MODULES, minutes, when });
  });

/** Those that take longest come first. The names of kernel tests are those of test/support/requirements.ts. */
export const SUITES: readonly Suite[] = [
  ...ipvsParts('ipvs-all', 'full', 240),
  ...ipvsParts('ipvs', 'part', 40, IPVS_PART),
  kernelTests('kernel', NFTABLES_BACKEND, /the machine's nft/),
  // To try all options with both takes a third of the time, and the kernel is the same.
  kernelTests('kernel-other-nft', NFTABLES_BACKEND, /nft-\w+ (?!.*whatever the options)/),
  scenarios('sctp', { globs: ['sctp/*'], modules: ['sctp'] }),
  vmTests,
];

/** Those of a run: of a full one, or of one that must not take long. */
export const suitesOf = (run: 'full' | 'part'): Suite[] =>
  SUITES.filter(({ when }) => when === 'always' || when === run);
