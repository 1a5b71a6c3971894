import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pino } from 'pino';
import { waitForNode } from '../../../src/cli/node-wait.ts';
import type { Node } from '../../../src/kube/types.ts';
import { node } from '../../support/builders.ts';

// Its timers are none of those that a test can turn forward.
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number) => new Promise(resolve => void globalThis.setTimeout(resolve, ms)),
}));

describe('waitForNode', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  const cases: readonly {
    readonly name: string;
    /** The Node from so many seconds on. */
    readonly appears: Readonly<Record<number, Partial<Node>>>;
    readonly needsPodCIDRs?: true;
    readonly seconds: number;
    readonly logged: readonly RegExp[];
    readonly ends: RegExp;
  }[] = [
    { name: 'a Node that is there', appears: { 0: {} }, seconds: 0, logged: [], ends: /^with it$/ },
    { name: 'a Node that comes', appears: { 7: {} }, seconds: 7, logged: [], ends: /^with it$/ },
    {
      name: 'addresses that come later',
      appears: { 1: { addresses: [] }, 9: {} },
      seconds: 9,
      logged: [],
      ends: /^with it$/,
    },
    {
      name: 'a Node that never comes',
      appears: {},
      seconds: 30,
      logged: [/did not appear in 30 s/],
      ends: /^without it$/,
    },
    {
      name: 'a Node without addresses',
      appears: { 0: { addresses: [] } },
      seconds: 30,
      logged: [/did not appear/],
      ends: /^with it$/,
    },
    {
      name: 'pod CIDRs that nobody needs',
      appears: { 0: { podCIDRs: [] } },
      seconds: 0,
      logged: [],
      ends: /^with it$/,
    },
    {
      name: 'pod CIDRs that are there',
      appears: { 2: {} },
      needsPodCIDRs: true,
      seconds: 2,
      logged: [],
      ends: /^with it$/,
    },
    {
      name: 'pod CIDRs that come after minutes',
      appears: { 0: { podCIDRs: [] }, 200: {} },
      needsPodCIDRs: true,
      seconds: 200,
      logged: [/waiting for the pod CIDRs/],
      ends: /^with it$/,
    },
    {
      name: 'pod CIDRs that never come',
      appears: { 0: { podCIDRs: [] } },
      needsPodCIDRs: true,
      seconds: 300,
      logged: [/waiting for the pod CIDRs/],
      ends: /got no spec.podCIDRs in 5 minutes/,
    },
    {
      name: 'neither',
      appears: {},
      needsPodCIDRs: true,
      seconds: 330,
      logged: [/did not appear/, /waiting for the pod CIDRs/],
      ends: /got no spec.podCIDRs in 5 minutes/,
    },
  ];
  it.each(cases)('$name: $seconds s', async ({ appears, needsPodCIDRs = false, seconds, logged, ends }) => {
    const lines: string[] = [];
    const logger = pino(
      { level: 'info' },
      { write: line => void lines.push((JSON.parse(line) as { msg: string }).msg) },
    );
    const began = performance.now();
    const current = (): Node | undefined => {
      const passed = (performance.now() - began) / 1000;
      const latest = Object.entries(appears).findLast(([from]) => Number(from) <= passed);
      return latest && node(latest[1]);
    };
    let ended: number | undefined;
    const waiting = waitForNode(current, needsPodCIDRs, logger)
      .then(found => (found ? 'with it' : 'without it'))
      .catch((error: unknown) => String(error))
      .finally(() => void (ended = (performance.now() - began) / 1000));
    await vi.advanceTimersByTimeAsync(400_000);
    const outcome = await waiting;
    expect(outcome).toMatch(ends);
    expect(ended).toBeCloseTo(seconds, 0);
    expect(lines).toHaveLength(logged.length);
    for (const [i, pattern] of logged.entries()) expect(lines[i]).toMatch(pattern);
  });
});
