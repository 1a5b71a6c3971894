import { describe, expect, it } from 'vitest';
import type { FoundChain } from '../../../../src/backend/nftables/parse.ts';
import { VerifiableChains } from '../../../../src/backend/nftables/verifiable-chains.ts';

const chain = { name: 'a', rules: ['x', 'y'] };
const listed = (...rules: readonly (string | undefined)[]): ReadonlyMap<string, FoundChain> =>
  new Map([['a', { name: 'a', rules }]]);
const names = (chains: readonly { readonly name: string }[]): readonly string[] => chains.map(({ name }) => name);

describe('VerifiableChains', () => {
  it('compares no more what reads differently although it was just written', () => {
    const chains = new VerifiableChains();
    expect(names(chains.diff([chain], listed()).wrong)).toEqual(['a']);
    expect(names(chains.learn([chain], listed('x', 'Y')))).toEqual(['a']);
    expect(chains.diff([chain], listed('x', 'Y')).wrong).toEqual([]);
    // It is written again where it is missing.
    expect(names(chains.diff([chain], new Map()).wrong)).toEqual(['a']);
  });

  it.each([
    { name: 'has less rules: somebody emptied it', found: listed() },
    { name: 'has more rules: somebody added one', found: listed('z', 'x', 'y') },
    { name: 'is gone', found: new Map<string, FoundChain>() },
  ])('goes on comparing what $name', ({ found }) => {
    const chains = new VerifiableChains();
    expect(chains.learn([chain], found)).toEqual([]);
    expect(names(chains.diff([chain], listed('x', 'z')).wrong)).toEqual(['a']);
  });

  it.each([
    ['found so', (chains: VerifiableChains) => void chains.diff([chain], listed('x', 'y'))],
    ['written and found so', (chains: VerifiableChains) => void chains.learn([chain], listed('x', 'y'))],
  ])('goes on comparing what it has once %s', (_, readOnce) => {
    const chains = new VerifiableChains();
    expect(chains.untried([chain])).toEqual([chain]);
    readOnce(chains);
    expect(chains.untried([chain])).toEqual([]);
    expect(chains.learn([chain], listed('x', 'drop'))).toEqual([]);
    expect(names(chains.diff([chain], listed('x', 'drop')).wrong)).toEqual(['a']);
  });
});
