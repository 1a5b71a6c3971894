// An nft that fails at random, but always at the same calls for the same seed.

import type { FakeNftCall, FakeNftFault } from './fake-nft.ts';

/** Numbers in [0, 1) that follow from a seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const GARBAGE: readonly ((printed: string) => string)[] = [
  () => '',
  () => 'null',
  () => '{}',
  () => '[]',
  () => 'internal:0:0-0: Error: cannot allocate memory\n',
  printed => printed.slice(0, Math.floor(printed.length / 2)),
  printed => `${printed}${printed}`,
];

/**
 * @param rate how many of all calls fail, from 0 to 1
 * @returns what goes wrong with the next call; to be changed at will with `rate`
 */
export function randomFaults(
  random: () => number,
  rate: () => number,
): (what: FakeNftCall['what']) => FakeNftFault | undefined {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  return what => {
    if (random() >= rate()) return undefined;
    const isDone = random() < 0.5;
    const kind = random();
    if (kind < 0.02) return { does: 'hang', isDone };
    if (kind < 0.3) return { does: 'die', isDone };
    if (what === 'list' && kind < 0.7) return { does: 'print', text: pick(GARBAGE) };
    return { does: isDone ? 'fail-after' : 'fail' };
  };
}
