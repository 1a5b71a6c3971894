import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NftablesBackend } from '../../../../src/backend/nftables/apply.ts';
import type { VirtualServer } from '../../../../src/plan/types.ts';
import { baseChains } from '../../../../src/backend/nftables/base-ruleset.ts';
import { commandsOfText } from '../../../fakes/fake-nft-commands.ts';
import { FakeNft, type FakeNftFault } from '../../../fakes/fake-nft.ts';
import { elementsOf } from '../../../property/kernel-content.ts';
import { keptLog } from '../../../support/log-lines.ts';
import { servicePlan, type PlanOptions } from '../../../support/plans.ts';
import { rulesetOptions } from '../../../support/rulesets.ts';

const BAD = '10.244.6.66';
/** An address that several Services want, and the key of its first real server. */
const SHARED: Partial<VirtualServer> = { kind: 'ExternalIP', address: '203.0.113.30' };
const AT_SHARED = 'ip endpoints-tcp 0 . 203.0.113.30 . 80';

describe('a comparison', () => {
  let nft: FakeNft;
  let backend: NftablesBackend;
  /** What goes wrong with the next transactions, and with the next listings. */
  let faults: Record<'apply' | 'list', (FakeNftFault | undefined)[]>;
  beforeEach(() => {
    faults = { apply: [], list: [] };
    nft = new FakeNft(undefined, { faults: what => (what === 'check' ? undefined : faults[what].shift()) });
    backend = start();
  });
  afterEach(() => nft.close());

  const start = (): NftablesBackend =>
    new NftablesBackend({ nft, rulesets: [rulesetOptions()], logger: keptLog().logger });
  const stage = (name: string, options: PlanOptions): void =>
    backend.stage('ipv4', `d/${name}`, servicePlan(`d/${name}`, options));
  /** Has the oldest claim to the shared address. */
  const old = (...endpoints: readonly string[]): void =>
    stage('old', { seniority: '1', clusterIP: '10.96.0.9', endpoints, virtualServers: [{}, SHARED] });
  const young = (...endpoints: readonly string[]): void =>
    stage('young', { seniority: '2', clusterIP: '10.96.0.10', endpoints, virtualServers: [{}, SHARED] });
  const web = (...endpoints: readonly string[]): void => stage('web', { clusterIP: '10.96.0.1', endpoints });
  const elements = (): Map<string, string> => elementsOf(nft.kernel.tables);
  const tamper = (...lines: readonly string[]): void =>
    nft.kernel.apply(commandsOfText(lines.map(line => `${line}\n`).join('')));
  const lists = (): number => nft.calls.filter(({ what }) => what === 'list').length;

  it('goes on until others have what a refused one has left to them', async () => {
    nft.kernel.refuses.add(BAD);
    old(`${BAD}:1`);
    young('10.244.1.10:1');
    expect(await backend.commit()).toMatchObject({
      refused: [{ owner: 'd/old' }],
      verified: true,
      found: new Map([['ipv4', 0]]),
    });
    expect(elements().get(AT_SHARED)).toBe('10.244.1.10 . 1');
    web('10.244.1.1:1');
    expect(await backend.commit()).toMatchObject({ refused: [], verified: false });
    expect(await backend.resync()).toMatchObject({ transactions: 0, refused: [], drifted: new Map() });
  });

  it('counts as changed by others what it found at first, and not what it made of that', async () => {
    old('10.244.1.9:1');
    young('10.244.1.10:1');
    await backend.commit();
    nft.kernel.refuses.add('10.244.1.9');
    // Of the older one, which the kernel does not take back, so that the younger one gets the address.
    tamper(
      'delete element ip kube-proxy services { 203.0.113.30 . tcp . 80, 10.96.0.9 . tcp . 80 }',
      'delete element ip kube-proxy endpoints-tcp { 0 . 203.0.113.30 . 80, 0 . 10.96.0.9 . 80 }',
      'add element ip kube-proxy cluster-ips { 10.96.7.7 }',
    );
    const result = await backend.resync();
    expect(result).toMatchObject({ refused: [{ owner: 'd/old' }], drifted: new Map([['ipv4', 5]]) });
    expect(elements().get(AT_SHARED)).toBe('10.244.1.10 . 1');
  });

  it('knows what it wrote before it failed: that is what a Service keeps that is refused after that', async () => {
    web('10.244.1.1:1');
    await backend.commit();
    nft.kernel.refuses.add(BAD);
    old(`${BAD}:1`);
    web('10.244.1.2:1');
    // The kernel can be read once and not a second time.
    faults.list = [undefined, { does: 'fail' }];
    await expect(backend.commit()).rejects.toThrow('nft');
    expect(elements().get('ip endpoints-tcp 0 . 10.96.0.1 . 80')).toBe('10.244.1.2 . 1');
    web(`${BAD}:2`);
    expect(await backend.commit()).toMatchObject({ refused: [{ owner: 'd/old' }, { owner: 'd/web' }] });
    expect(elements().get('ip endpoints-tcp 0 . 10.96.0.1 . 80')).toBe('10.244.1.2 . 1');
  });

  it('knows what it found that was written, though nft said that it failed', async () => {
    web('10.244.1.1:1');
    await backend.commit();
    tamper('add element ip kube-proxy cluster-ips { 10.96.7.7 }');
    web('10.244.1.2:1');
    faults.apply = [{ does: 'fail-after' }, { does: 'fail' }];
    await expect(backend.commit()).rejects.toThrow('nft');
    nft.kernel.refuses.add(BAD);
    web(`${BAD}:2`);
    await backend.commit();
    expect(elements().get('ip endpoints-tcp 0 . 10.96.0.1 . 80')).toBe('10.244.1.2 . 1');
  });

  it('puts what a refused one had into a kernel that has lost everything', async () => {
    web('10.244.1.1:1');
    await backend.commit();
    nft.kernel.refuses.add(BAD);
    tamper('delete table ip kube-proxy');
    web(`${BAD}:2`);
    expect(await backend.commit()).toMatchObject({ refused: [{ owner: 'd/web' }] });
    expect(elements().get('ip endpoints-tcp 0 . 10.96.0.1 . 80')).toBe('10.244.1.1 . 1');
  });

  it('never takes away what a refused one had, not even for a moment', async () => {
    old('10.244.1.9:1');
    await backend.commit();
    nft.kernel.refuses.add(BAD);
    const served = new Set<string | undefined>();
    nft.kernel.observers.add((_, after) => void served.add(elementsOf(after).get(AT_SHARED)));
    // It does not want the shared address any more, but what it wants is refused.
    stage('old', { seniority: '1', clusterIP: '10.96.0.9', endpoints: [`${BAD}:1`] });
    tamper('add element ip kube-proxy cluster-ips { 10.96.7.7 }');
    const { refused, deleted } = await backend.resync();
    expect({ refused: refused.map(({ owner }) => owner), deleted }).toEqual({ refused: ['d/old'], deleted: 1 });
    expect([...served]).toEqual(['10.244.1.9 . 1']);
  });

  it('says what it found at first in the kernel, and reads it no more often than it must', async () => {
    web('10.244.1.1:1');
    expect(await backend.commit()).toMatchObject({ found: new Map([['ipv4', 0]]), transactions: 3, added: 3 });
    const before = lists();
    expect(await backend.resync()).toMatchObject({ found: new Map([['ipv4', 3]]), transactions: 0 });
    expect(lists() - before).toBe(1);
    backend = start();
    nft.kernel.refuses.add(BAD);
    old(`${BAD}:1`);
    web('10.244.1.1:1');
    expect(await backend.commit()).toMatchObject({ found: new Map([['ipv4', 3]]), refused: [{ owner: 'd/old' }] });
    expect(lists() - before).toBe(3);
  });

  it('counts a table that is gone, all chains and elements of it', async () => {
    web('10.244.1.1:1');
    await backend.commit();
    tamper('delete table ip kube-proxy');
    const count = baseChains(rulesetOptions()).length + 3;
    expect(await backend.resync()).toMatchObject({
      drifted: new Map([['ipv4', count]]),
      found: new Map([['ipv4', 0]]),
    });
  });

  it('goes on as long as the next one who wants an address is refused, too', async () => {
    nft.kernel.refuses.add(BAD);
    const all = ['1', '2', '3', '4'];
    for (const seniority of all)
      stage(`bad-${seniority}`, { seniority, endpoints: [`${BAD}:${seniority}`], virtualServers: [SHARED] });
    stage('good', { seniority: '5', endpoints: ['10.244.1.10:1'], virtualServers: [SHARED] });
    const { refused } = await backend.commit();
    expect(refused.map(({ owner }) => owner)).toEqual(all.map(seniority => `d/bad-${seniority}`));
    expect(elements().get(AT_SHARED)).toBe('10.244.1.10 . 1');
    expect(await backend.commit()).toMatchObject({ verified: false });
  });

  it('gives what a refused one keeps to one that is older than it is now', async () => {
    stage('young', { seniority: '1', clusterIP: '10.96.0.10', endpoints: ['10.244.1.10:1'], virtualServers: [SHARED] });
    await backend.commit();
    nft.kernel.refuses.add(BAD);
    // One of the same name that is younger.
    stage('young', { seniority: '3', clusterIP: '10.96.0.10', endpoints: [`${BAD}:1`], virtualServers: [SHARED] });
    expect(await backend.commit()).toMatchObject({ refused: [{ owner: 'd/young' }] });
    expect(elements().get(AT_SHARED)).toBe('10.244.1.10 . 1');
    stage('mid', { seniority: '2', endpoints: ['10.244.1.9:1'], virtualServers: [SHARED] });
    expect(await backend.commit()).toMatchObject({ refused: [], verified: false });
    expect(elements().get(AT_SHARED)).toBe('10.244.1.9 . 1');
  });

  it('has a Service keep the hairpin entry of what the kernel was found to have, in that family', async () => {
    nft.kernel.refuses.add(BAD);
    web('10.244.1.1:1*', '10.244.1.2:1');
    await backend.commit();
    tamper('delete element ip kube-proxy hairpin { 10.244.1.1 . 10.244.1.1 . tcp . 1 }');
    backend = start();
    web(`${BAD}:1*`, '10.244.1.2:1');
    expect(await backend.commit()).toMatchObject({ refused: [{ owner: 'd/web' }] });
    expect(elements().get('ip endpoints-tcp 0 . 10.96.0.1 . 80')).toBe('10.244.1.1 . 1');
    const hairpin = 'ip hairpin 10.244.1.1 . 10.244.1.1 . tcp . 1';
    expect(elements().has(hairpin)).toBe(false);
    tamper('add element ip kube-proxy hairpin { 10.244.1.1 . 10.244.1.1 . tcp . 1 }');
    backend = start();
    web(`${BAD}:1*`, '10.244.1.2:1');
    await backend.commit();
    expect(elements().has(hairpin)).toBe(true);
  });

  it('is not done where something that belongs to nobody cannot be removed', async () => {
    web('10.244.1.1:1');
    await backend.commit();
    tamper('add element ip kube-proxy cluster-ips { 10.96.7.7 }');
    faults.apply = [{ does: 'fail' }];
    await expect(backend.resync()).rejects.toThrow('nft');
    expect(await backend.commit()).toMatchObject({ deleted: 1, verified: true });
    expect(elements().has('ip cluster-ips 10.96.7.7')).toBe(false);
  });

  it('says how many transactions it took to be rid of what others have put into the table', async () => {
    await backend.commit();
    tamper('add chain ip kube-proxy others', 'add rule ip kube-proxy others drop');
    const before = nft.calls.length;
    const { transactions } = await backend.resync();
    expect(transactions).toBe(nft.calls.slice(before).filter(({ what }) => what === 'apply').length);
    expect(transactions).toBeGreaterThan(0);
  });
});
