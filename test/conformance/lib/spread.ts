// Judging how attempts that were made one after the other, each after the end of the one before, were spread.

import { summarize } from './expectations.ts';
import { isAnswer } from './sighting.ts';
import type { Sighting } from './sighting.ts';

/** How many of the attempts each backend gets, exactly; there are as many attempts as that makes. */
export type Shares = Readonly<Record<string, number>>;

export interface SpreadExpectation {
  readonly shares: Shares;
  /** Each backend has its turn before any has its second one. */
  readonly inTurns?: boolean | undefined;
}

export const attemptsOf = (shares: Shares): number => Object.values(shares).reduce((sum, share) => sum + share, 0);

/** Says why attempts were not spread as expected; undefined where they were. */
export function judgeSpread(
  seen: readonly Sighting[],
  { shares, inTurns = false }: SpreadExpectation,
): string | undefined {
  const hosts = seen.filter(isAnswer).map(({ who }) => who);
  if (hosts.length < seen.length) return `some attempts got no answer: ${summarize(seen)}`;
  const stray = hosts.find(host => !Object.hasOwn(shares, host));
  if (stray !== undefined) return `${stray} should not have answered`;
  for (const [host, share] of Object.entries(shares)) {
    const count = hosts.filter(other => other === host).length;
    if (count !== share) return `${host} got ${count} of ${hosts.length}, not ${share}`;
  }
  const size = Object.keys(shares).length;
  const isOutOfTurn = (_: string, index: number): boolean => new Set(hosts.slice(index, index + size)).size < size;
  return inTurns && hosts.slice(size - 1).some(isOutOfTurn) ? `not in turns: ${hosts.join(', ')}` : undefined;
}

/** An expectation in words. */
export const describeSpread = ({ shares, inTurns = false }: SpreadExpectation): string =>
  `${Object.entries(shares)
    .map(([host, share]) => `${share}× ${host}`)
    .join(', ')}${inTurns ? ', in turns' : ''}`;
