import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NftablesBackend } from '../../../../src/backend/nftables/apply.ts';
import type { DumpSets } from '../../../../src/backend/nftables/read-table.ts';
import { readAhead } from '../../../../src/backend/nftables/table-reader.ts';
import { TouchedParts, type ForeignCommit } from '../../../../src/backend/nftables/touched-parts.ts';
import { commandsOfText } from '../../../fakes/fake-nft-commands.ts';
import { FakeNft, type FakeNftFault } from '../../../fakes/fake-nft.ts';
import { commitOf } from '../../../property/foreign-commits.ts';
import { chainsOf, elementsOf } from '../../../property/kernel-content.ts';
import { keptLog } from '../../../support/log-lines.ts';
import { servicePlan } from '../../../support/plans.ts';
import { rulesetOptions } from '../../../support/rulesets.ts';

const RULESETS = (['ipv4', 'ipv6'] as const).map(family => rulesetOptions({ family, localSource: undefined }));
const nothingDumped: DumpSets = () => Promise.reject(new Error('no perl'));

function setUp() {
  const faults: FakeNftFault[] = [];
  const nft = new FakeNft(undefined, { faults: what => (what === 'list' ? faults.pop() : undefined) });
  const touched = new TouchedParts();
  const log = keptLog();
  const start = (dump?: DumpSets): NftablesBackend => {
    const backend = new NftablesBackend({
      nft,
      ...(dump && { dump }),
      rulesets: RULESETS,
      logger: log.logger,
      touched,
    });
    backend.stage('ipv4', 'd/web', servicePlan('d/web'));
    backend.stage('ipv6', 'd/six', servicePlan('d/six', { family: 'ipv6' }));
    return backend;
  };
  /** Another program does something, each line in a transaction of its own, which the backend is told of. */
  const tamper = (text: string, more: Partial<ForeignCommit> = {}): void => {
    for (const line of text.match(/.*\n/g) ?? []) {
      const before = nft.kernel.tables;
      nft.kernel.apply(commandsOfText(line));
      touched.note({ ...commitOf(before, nft.kernel.tables, more.lacksElements ?? false), ...more });
    }
  };
  const content = () => ({ elements: elementsOf(nft.kernel.tables), chains: chainsOf(nft.kernel.tables) });
  const did = (what: 'apply' | 'list'): number => nft.calls.filter(call => call.what === what).length;
  return { nft, touched, start, tamper, content, did, faults, log };
}

const KEY = '10.96.0.1 . tcp . 80';
const DELETED = `delete element ip kube-proxy services { ${KEY} }\n`;
const ADDED = 'add element ip kube-proxy hairpin { 10.9.0.1 . 10.9.0.1 . tcp . 80 }\n';
const ADDED_AGAIN = `${DELETED}add element ip kube-proxy services { ${KEY} : goto cluster-tcp-2 }\n`;
const FLUSHED = 'flush chain ip kube-proxy dispatch\n';
const DRIFT = new Map([['ipv4', 1]]);

describe('a repair', () => {
  let world: ReturnType<typeof setUp>;
  beforeEach(() => void (world = setUp()));
  afterEach(() => world.nft.close());

  it.each<{
    readonly name: string;
    readonly text: string;
    readonly lacksElements?: true;
    readonly result: object;
    /** Whether something is read. */
    readonly reads?: true;
  }>([
    { name: 'an element deleted', text: DELETED, result: { transactions: 1, added: 1, deleted: 0, drifted: DRIFT } },
    { name: 'an element added', text: ADDED, result: { transactions: 1, added: 0, deleted: 1, drifted: DRIFT } },
    {
      name: 'an element deleted and added again',
      text: ADDED_AGAIN,
      result: { transactions: 0, added: 0, deleted: 0, drifted: new Map() },
    },
    { name: 'a chain emptied', text: FLUSHED, result: { transactions: 1, added: 0, deleted: 0, drifted: DRIFT } },
    {
      name: 'a chain emptied, and elements of both families changed',
      text: `${FLUSHED}${DELETED}${ADDED}delete element ip6 kube-proxy services { fd00:10:96::1 . tcp . 80 }\n`,
      result: {
        transactions: 2,
        added: 2,
        deleted: 1,
        drifted: new Map([
          ['ipv4', 3],
          ['ipv6', 1],
        ]),
      },
    },
    {
      name: 'elements of which the keys are not told',
      text: DELETED,
      lacksElements: true,
      result: { transactions: 1, added: 1, deleted: 0, drifted: DRIFT },
      reads: true,
    },
  ])('puts right what others touched, and says so: $name', async one => {
    const { start, tamper, content, did, nft, log } = world;
    const backend = start();
    await backend.commit();
    const before = content();
    tamper(one.text, { lacksElements: one.lacksElements ?? false });
    const [applied, listed] = [did('apply'), did('list')];
    const result = await backend.repair();
    expect(result).toMatchObject({ ...one.result, verified: false, refused: [] });
    expect(content()).toEqual(before);
    expect(did('apply') - applied).toBe(result.transactions);
    expect(did('list') > listed).toBe(one.reads ?? false);
    expect(nft.failures()).toEqual([]);
    expect(log.lines).toEqual([]);
  });

  it('puts right at once what is told key by key and what has to be read', async () => {
    const { start, tamper, content } = world;
    const backend = start();
    await backend.commit();
    const before = content();
    tamper(ADDED);
    tamper(DELETED, { lacksElements: true });
    const drifted = new Map([['ipv4', 2]]);
    expect(await backend.repair()).toMatchObject({ transactions: 1, added: 1, deleted: 1, verified: false, drifted });
    expect(content()).toEqual(before);
  });

  it("takes off a table's flags, and touches no other", async () => {
    const { start, touched, nft } = world;
    const backend = start();
    await backend.commit();
    touched.note({
      changes: [{ verb: 'add', what: 'table', family: 'ip6', name: '' }],
      elements: [],
      isPartial: false,
      lacksElements: false,
    });
    const drifted = new Map([['ipv6', 1]]);
    expect(await backend.repair()).toMatchObject({ transactions: 1, verified: false, drifted });
    expect(nft.calls.at(-1)?.text).toMatch(/^add table ip6 kube-proxy/);
    expect(nft.calls.at(-1)?.text).not.toContain('ip kube-proxy');
  });

  it.each([
    ['the table is gone', 'delete table ip kube-proxy\n', {}],
    ['it is not known what', DELETED, { isPartial: true }],
    ['a chain of others came', 'add chain ip kube-proxy theirs\n', {}],
  ])('compares all where %s', async (_, text, more) => {
    const { start, tamper, content, nft, log } = world;
    const backend = start();
    await backend.commit();
    const before = content();
    tamper(text, more);
    expect(await backend.repair()).toMatchObject({ verified: true });
    expect(content()).toEqual(before);
    expect(nft.failures()).toEqual([]);
    expect(log.lines.filter(line => line.startsWith('warn'))).toEqual([]);
  });

  it('is done with what is staged', async () => {
    const { start, tamper, content } = world;
    const backend = start();
    await backend.commit();
    const before = content();
    backend.stage('ipv4', 'd/new', servicePlan('d/new', { clusterIP: '10.96.0.2', endpoints: ['10.244.1.9:1'] }));
    tamper(DELETED);
    // The cluster's IP, the endpoint, the verdict; and what was deleted.
    expect(await backend.repair()).toMatchObject({ transactions: 3, added: 4, deleted: 0, drifted: DRIFT });
    backend.stage('ipv4', 'd/new', undefined);
    tamper(DELETED, { isPartial: true });
    expect(await backend.repair()).toMatchObject({ transactions: 2, added: 1, deleted: 3, verified: true });
    expect(content().elements).toEqual(before.elements);
  });

  it('tells of Services that were refused where what is staged could not be written', async () => {
    const { start, nft } = world;
    const backend = start();
    await backend.commit();
    nft.kernel.refuses.add('10.96.0.2');
    backend.stage('ipv4', 'd/new', servicePlan('d/new', { clusterIP: '10.96.0.2' }));
    expect(await backend.repair()).toMatchObject({ verified: true, refused: [{ owner: 'd/new' }] });
  });

  it('knows of a chain that it has written, so that it is removed when nothing leads there', async () => {
    const { start, tamper, content } = world;
    const backend = start();
    await backend.commit();
    const before = content();
    tamper('add chain ip kube-proxy cluster-tcp-7\nadd rule ip kube-proxy cluster-tcp-7 drop\n');
    expect(await backend.repair()).toMatchObject({ verified: false, drifted: DRIFT });
    expect(content().chains.get('ip kube-proxy cluster-tcp-7')?.rules).not.toContain('drop');
    while (await backend.tidy());
    expect(content()).toEqual(before);
  });

  it('counts packets of an element that others made anew from its beginning', async () => {
    const { start, tamper, nft } = world;
    const backend = start();
    await backend.commit();
    const send = (packets: number): void =>
      nft.kernel.tables.get('ip kube-proxy')!.containers.get('services')!.lookUp(KEY, packets);
    send(7);
    expect(await backend.traffic.readIncrements()).toMatchObject([{ packets: 7 }]);
    tamper(ADDED_AGAIN);
    await backend.repair();
    send(10);
    expect(await backend.traffic.readIncrements()).toMatchObject([{ packets: 10 }]);
  });

  it('puts right what others touched after the first comparison had been read ahead', async () => {
    const { nft, start, tamper, content, did, log } = world;
    await start().commit();
    const before = content();
    const next = start();
    const contents = readAhead(['ipv4', 'ipv6'], { nft, logger: log.logger });
    await Promise.all(contents.values());
    next.readAhead(contents);
    tamper(DELETED);
    expect(await next.commit()).toMatchObject({ transactions: 0, verified: true });
    expect(content()).not.toEqual(before);
    expect(await next.repair()).toMatchObject({ added: 1, verified: false, drifted: DRIFT });
    expect(content()).toEqual(before);
    // Any other comparison has read what is there.
    tamper(DELETED, { lacksElements: true });
    await next.resync();
    const listed = did('list');
    expect(await next.repair()).toMatchObject({ transactions: 0, drifted: new Map() });
    expect(did('list')).toBe(listed);
  });

  it('does not look again at what a comparison has found since', async () => {
    const { start, tamper, content, did } = world;
    const backend = start();
    await backend.commit();
    const before = content();
    tamper(DELETED, { lacksElements: true });
    expect(await backend.resync()).toMatchObject({ added: 1, drifted: DRIFT });
    expect(content()).toEqual(before);
    const listed = did('list');
    expect(await backend.repair()).toMatchObject({ transactions: 0, drifted: new Map() });
    expect(did('list')).toBe(listed);
  });

  it('reads one map by nft where the kernel cannot be asked', async () => {
    const { nft, start, tamper, content } = world;
    const backend = start(nothingDumped);
    await backend.commit();
    const before = content();
    tamper(DELETED, { lacksElements: true });
    const listed = vi.spyOn(nft, 'listContainer');
    expect(await backend.repair()).toMatchObject({ added: 1, verified: false, drifted: DRIFT });
    expect(listed.mock.calls).toEqual([['ip', 'kube-proxy', 'map', 'services']]);
    expect(content()).toEqual(before);
  });

  it.each<[string, (world: ReturnType<typeof setUp>) => void]>([
    ['cannot be read', ({ faults }) => void faults.push({ does: 'fail' })],
    ['is gone meanwhile', ({ nft }) => nft.kernel.apply(commandsOfText('delete table ip kube-proxy\n'))],
  ])('compares all where what was touched %s, and says so', async (_, happens) => {
    const { nft, start, tamper, content, log } = world;
    const backend = start();
    await backend.commit();
    const before = content();
    tamper(DELETED, { lacksElements: true });
    happens(world);
    expect(await backend.repair()).toMatchObject({ verified: true });
    expect(content()).toEqual(before);
    expect(nft.failures('apply')).toEqual([]);
    expect(log.lines).toContain(
      'warn: what others touched could not be put right alone; the kernel is read and compared',
    );
  });

  it('compares all while the kernel is not known', async () => {
    const { start, touched, content } = world;
    touched.noteAll();
    expect(await start().repair()).toMatchObject({ verified: true, refused: [] });
    expect(content().elements.get(`ip services ${KEY}`)).toBe('goto cluster-tcp-2');
  });
});
