// What is tested in the guest. A new suite is a new entry; docs/testing.md tells what each is for.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { conformanceOutcome, vitestOutcome } from '../levels/outcome.ts';
import type { ConformanceReport, LevelOutcome, ToolEnd, VitestReport } from '../levels/outcome.ts';

/** Where the guest has the folder for results. */
export const RESULTS = '/run/results';

const SCHEDULERS = ['rr', 'wrr', 'lc', 'wlc', 'sh', 'mh'];

/** What IPVS is made of. Other modules, such as those of nftables, come when they are asked for. */
export const IPVS_MODULES = ['ip_vs', ...SCHEDULERS.map(name => `ip_vs_${name}`), 'dummy', 'veth', 'sctp'];

export interface Suite {
  readonly name: string;
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

/** Scenarios of the conformance suite, on Debian's kernel. Everything takes some 20 times as long as outside. */
const scenarios = (name: string, globs: readonly string[], modules: readonly string[]): Suite => ({
  name,
  command: [
    'node test/conformance/run.ts --proxy "$PWD/dist/sluice" --not-yet test/conformance/not-yet.ts --patience 4',
    `--results ${RESULTS}/evidence --json ${RESULTS}/report.json`,
    ...globs.map(glob => `--only '${glob}'`),
  ].join(' '),
  memoryMb: 1536,
  modules,
  timeoutSeconds: 1200,
  read: async (folder, end) => conformanceOutcome(await reportIn<ConformanceReport>(folder), end),
});

/** The tests of the vitest project `kernel` whose full names match; the others count as not there. */
const kernelTests = (name: string, file: string, pattern: RegExp): Suite => ({
  name,
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

const NFTABLES_BACKEND = 'test/kernel/nftables-backend.test.ts';

export const SUITES: readonly Suite[] = [
  scenarios('sctp', ['sctp/*'], ['sctp']),
  // Two suites, so that they run at the same time. The names are those of test/support/requirements.ts.
  kernelTests('kernel', NFTABLES_BACKEND, /the machine's nft/),
  // To try all options with both takes a third of the time, and the kernel is the same.
  kernelTests('kernel-other-nft', NFTABLES_BACKEND, /nft-\w+ (?!.*whatever the options)/),
];
