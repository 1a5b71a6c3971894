import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NftablesBackend } from '../../../../src/backend/nftables/apply.ts';
import type { RulesetOptions } from '../../../../src/backend/nftables/schema.ts';
import { FakeNft } from '../../../fakes/fake-nft.ts';
import { chainsOf, elementsOf } from '../../../property/kernel-content.ts';
import { keptLog } from '../../../support/log-lines.ts';
import { servicePlan } from '../../../support/plans.ts';

const rulesets = (more: Partial<RulesetOptions> = {}): readonly RulesetOptions[] =>
  (['ipv4', 'ipv6'] as const).map(family => ({
    family,
    localSource: 'pod-cidrs',
    masqueradeAll: false,
    masqueradeMark: 0x4000,
    nodePorts: 'all',
    affinity: 'learnt',
    ...more,
  }));

describe('NftablesBackend.configure', () => {
  let open: FakeNft[];
  beforeEach(() => void (open = []));
  afterEach(() => {
    for (const nft of open) nft.close();
  });

  function start(options: readonly RulesetOptions[]) {
    const nft = new FakeNft();
    open.push(nft);
    const backend = new NftablesBackend({ nft, rulesets: options, logger: keptLog().logger });
    backend.stage('ipv4', 'd/web', servicePlan('d/web'));
    backend.stage('ipv6', 'd/six', servicePlan('d/six', { family: 'ipv6' }));
    return { nft, backend };
  }

  it.each<Partial<RulesetOptions>>([
    { masqueradeAll: true },
    { masqueradeMark: 0x8 },
    { nodePorts: 'listed' },
    { localSource: { interfacePattern: 'veth*' } },
  ])('has the next commit leave what a start with %j comes to, and change no element', async change => {
    const [{ nft, backend }, fresh] = [start(rulesets()), start(rulesets(change))];
    await backend.commit();
    await fresh.backend.commit();
    const wanted = chainsOf(fresh.nft.kernel.tables);
    expect(chainsOf(nft.kernel.tables)).not.toEqual(wanted);
    const elements = elementsOf(nft.kernel.tables);
    backend.configure(rulesets(change));
    expect(await backend.commit()).toMatchObject({ added: 0, deleted: 0, verified: true, refused: [] });
    expect(chainsOf(nft.kernel.tables)).toEqual(wanted);
    expect(elementsOf(nft.kernel.tables)).toEqual(elements);
    expect(await backend.commit()).toMatchObject({ transactions: 0, verified: false });
  });

  it('is of the families that are given', async () => {
    const { nft, backend } = start(rulesets());
    await backend.commit();
    const before = chainsOf(nft.kernel.tables);
    backend.configure(rulesets({ masqueradeAll: true }).slice(1));
    await backend.commit();
    const changed = [...chainsOf(nft.kernel.tables)].filter(
      ([name, chain]) => JSON.stringify(chain) !== JSON.stringify(before.get(name)),
    );
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.filter(([name]) => !name.startsWith('ip6 '))).toEqual([]);
  });
});
