import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NftablesBackend } from '../../../../src/backend/nftables/apply.ts';
import type { RulesetOptions } from '../../../../src/backend/nftables/schema.ts';
import { commandsOfText } from '../../../fakes/fake-nft-commands.ts';
import { FakeKernel } from '../../../fakes/fake-nft-kernel.ts';
import { FakeNft, type FakeNftFault } from '../../../fakes/fake-nft.ts';
import { chainsOf, elementsOf } from '../../../property/kernel-content.ts';
import { keptLog } from '../../../support/log-lines.ts';
import { servicePlan } from '../../../support/plans.ts';
import { rulesetOptions } from '../../../support/rulesets.ts';

const rulesets = (more: Partial<RulesetOptions> = {}): readonly RulesetOptions[] =>
  (['ipv4', 'ipv6'] as const).map(family => rulesetOptions({ family, ...more }));

let open: FakeNft[];
beforeEach(() => void (open = []));
afterEach(() => {
  for (const nft of open) nft.close();
});

/** @param kernel of another one before it; without it one of its own */
function start(options: readonly RulesetOptions[], kernel = new FakeKernel()) {
  const faults: FakeNftFault[] = [];
  const told: string[] = [];
  const nft = new FakeNft(kernel, { faults: what => (what === 'apply' ? faults.pop() : undefined) });
  open.push(nft);
  const backend = new NftablesBackend({
    nft,
    rulesets: options,
    logger: keptLog().logger,
    onTransaction: (family, { elements, failed }) => told.push(`${family} ${elements}${failed ? ' failed' : ''}`),
    onCleanupFailure: family => told.push(`${family} clean-up failed`),
  });
  backend.stage('ipv4', 'd/web', servicePlan('d/web'));
  backend.stage('ipv6', 'd/six', servicePlan('d/six', { family: 'ipv6' }));
  const tamper = (text: string): void => kernel.apply(commandsOfText(text));
  return { nft, kernel, backend, faults, told, tamper };
}

describe('NftablesBackend.configure', () => {
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

  it('has chains that are out of use written anew when they are used again', async () => {
    const { backend, kernel } = start(rulesets());
    const web = (...endpoints: string[]) =>
      servicePlan('d/web', { endpoints, virtualServers: [{ kind: 'NodePort', address: undefined, masquerade: true }] });
    const few = web('10.244.1.2:1');
    const more = web('10.244.1.2:1', '10.244.1.3:1', '10.244.1.4:1');
    for (const plan of [more, few]) {
      backend.stage('ipv4', 'd/web', plan);
      await backend.commit();
    }
    const shape = 'ip kube-proxy nodeport-external-tcp-3';
    const before = chainsOf(kernel.tables).get(shape);
    expect(before).toBeDefined();
    backend.configure(rulesets({ masqueradeMark: 0x8 }));
    await backend.commit();
    backend.stage('ipv4', 'd/web', more);
    expect(await backend.commit()).toMatchObject({ verified: false });
    expect(chainsOf(kernel.tables).get(shape)).not.toEqual(before);
    expect(await backend.resync()).toMatchObject({ transactions: 0, drifted: new Map() });
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

describe('NftablesBackend.resync', () => {
  const DAMAGE = [
    'flush chain ip kube-proxy dispatch',
    'flush chain ip kube-proxy nat-output',
    'delete chain ip kube-proxy nat-output',
    'delete element ip kube-proxy services { 10.96.0.1 . tcp . 80 }',
    'add element ip kube-proxy cluster-ips { 10.96.7.7 }',
    '',
  ].join('\n');

  it('counts what others changed, each chain and element once, and says how much it has written', async () => {
    const { backend, kernel, tamper } = start(rulesets());
    await backend.commit();
    const before = [elementsOf(kernel.tables), chainsOf(kernel.tables)];
    tamper(DAMAGE);
    const result = await backend.resync();
    // The chains in one transaction; what a Service lacks, and what is nobody's, in one each.
    expect(result).toMatchObject({ transactions: 3, added: 1, deleted: 1, drifted: new Map([['ipv4', 4]]) });
    expect([elementsOf(kernel.tables), chainsOf(kernel.tables)]).toEqual(before);
  });

  it('makes a chain again that another one goes on to', async () => {
    const { backend, kernel, tamper } = start(rulesets());
    backend.stage('ipv4', 'd/web', servicePlan('d/web', { virtualServers: [{ masquerade: true }] }));
    await backend.commit();
    const before = chainsOf(kernel.tables);
    tamper('flush chain ip kube-proxy external-tcp-2\ndelete chain ip kube-proxy cluster-tcp-2\n');
    expect(await backend.resync()).toMatchObject({ transactions: 1, drifted: new Map([['ipv4', 2]]) });
    expect(chainsOf(kernel.tables)).toEqual(before);
  });

  it('is not told less of others by what was staged and taken back', async () => {
    const { backend, tamper } = start(rulesets());
    await backend.commit();
    tamper(DAMAGE);
    backend.stage('ipv4', 'd/web', servicePlan('d/web', { endpoints: ['10.244.1.9:1'] }));
    backend.stage('ipv4', 'd/web', servicePlan('d/web'));
    expect(await backend.resync()).toMatchObject({ drifted: new Map([['ipv4', 4]]) });
  });

  it('counts of one family what others changed in it, whatever is to be written in the other', async () => {
    const { backend, tamper } = start(rulesets());
    await backend.commit();
    tamper(DAMAGE);
    backend.stage('ipv6', 'd/six', undefined);
    expect(await backend.resync()).toMatchObject({ drifted: new Map([['ipv4', 4]]) });
  });

  it('counts nothing at its first look: nobody knows who it was', async () => {
    const { backend, kernel, tamper } = start(rulesets());
    await backend.commit();
    tamper(DAMAGE);
    const next = start(rulesets(), kernel);
    expect(await next.backend.resync()).toMatchObject({ added: 1, deleted: 1, drifted: new Map() });
  });

  it('counts nothing of what it writes itself, and what it takes back as the kernel refuses it', async () => {
    const { backend, kernel, told } = start(rulesets());
    await backend.commit();
    const before = elementsOf(kernel.tables);
    kernel.refuses.add('10.244.9.9');
    told.length = 0;
    backend.stage('ipv4', 'd/web', servicePlan('d/web', { endpoints: ['10.244.9.9:8080'] }));
    backend.stage('ipv4', 'd/new', servicePlan('d/new', { clusterIP: '10.96.0.2' }));
    expect(await backend.resync()).toMatchObject({ drifted: new Map(), refused: [{ owner: 'd/web' }] });
    expect([...elementsOf(kernel.tables)].filter(([key]) => !key.includes('10.96.0.2'))).toEqual([...before]);
    expect(told.some(one => one.endsWith(' failed'))).toBe(true);
    expect(told.some(one => !one.endsWith(' failed'))).toBe(true);
  });
});

describe('NftablesBackend at its start', () => {
  it('does not trust a chain of before that nobody uses, when it is used', async () => {
    const { backend, kernel, tamper } = start(rulesets());
    tamper(
      'add table ip kube-proxy\nadd chain ip kube-proxy cluster-tcp-1\nadd rule ip kube-proxy cluster-tcp-1 drop\n',
    );
    await backend.commit();
    backend.stage('ipv4', 'd/web', servicePlan('d/web', { endpoints: ['10.244.1.2:1'] }));
    expect(await backend.commit()).toMatchObject({ verified: false });
    expect(chainsOf(kernel.tables).get('ip kube-proxy cluster-tcp-1')).not.toContain('drop');
    expect(await backend.resync()).toMatchObject({ transactions: 0, drifted: new Map() });
  });
});

describe('NftablesBackend.tidy', () => {
  const OUT_OF_USE = 'ip kube-proxy cluster-tcp-2';
  const three = servicePlan('d/web', { endpoints: ['10.244.1.2:1', '10.244.1.3:1', '10.244.1.4:1'] });

  it('removes a chain that was out of use at two tidyings in a row, and knows that it is gone', async () => {
    const { backend, kernel, nft } = start(rulesets());
    await backend.commit();
    backend.stage('ipv4', 'd/web', three);
    await backend.commit();
    const isThere = (): boolean => chainsOf(kernel.tables).has(OUT_OF_USE);
    expect([await backend.tidy(), isThere()]).toEqual([true, true]);
    expect([await backend.tidy(), isThere()]).toEqual([false, false]);
    backend.stage('ipv4', 'd/web', servicePlan('d/web'));
    expect(await backend.commit()).toMatchObject({ verified: false, refused: [] });
    expect(isThere()).toBe(true);
    expect(nft.failures()).toEqual([]);
  });

  it('tells of a failure', async () => {
    const { backend, faults, told } = start(rulesets());
    await backend.commit();
    backend.stage('ipv4', 'd/web', three);
    await backend.commit();
    await backend.tidy();
    faults.push({ does: 'fail' });
    told.length = 0;
    await expect(backend.tidy()).rejects.toThrow('nft');
    expect(told).toEqual(['ipv4 clean-up failed']);
  });
});
