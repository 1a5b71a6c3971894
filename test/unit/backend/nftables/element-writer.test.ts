import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Companion } from '../../../../src/backend/nftables/companion.ts';
import { DesiredTable } from '../../../../src/backend/nftables/desired-table.ts';
import { TableKeeper } from '../../../../src/backend/nftables/table-keeper.ts';
import { encodeDeclarations } from '../../../../src/backend/nftables/encode.ts';
import { ElementWriter, type TransactionObserver } from '../../../../src/backend/nftables/element-writer.ts';
import type { FamilyUnit } from '../../../../src/backend/nftables/diff.ts';
import type { Entry } from '../../../../src/backend/nftables/schema.ts';
import { FakeNft, type FakeNftFault } from '../../../fakes/fake-nft.ts';
import { chainsOf, elementsOf } from '../../../property/kernel-content.ts';
import { keptLog } from '../../../support/log-lines.ts';
import { rulesetOptions } from '../../../support/rulesets.ts';

/** A unit of an owner with so many elements of `cluster-ips`. */
const unit = (owner: string, size: number): FamilyUnit => ({
  family: 'ipv4',
  owner,
  deletes: [],
  adds: Array.from({ length: size }, (_, i): Entry => ({
    container: 'cluster-ips',
    key: `10.${Number(owner)}.${i >> 8}.${i & 255}`,
    value: '',
  })),
});

/** nft that ends a transaction when it is told to. */
class HeldNft extends FakeNft {
  readonly ends: (() => void)[] = [];
  readonly sizes: number[] = [];

  override async apply(text: string): Promise<void> {
    this.sizes.push(text.match(/"10\./g)?.length ?? 0);
    await new Promise<void>(resolve => void this.ends.push(resolve));
  }
}

describe('ElementWriter.writeAll', () => {
  it('makes the next part while nft writes one, and no more', async () => {
    const nft = new HeldNft();
    const writer = new ElementWriter({
      nft,
      keepers: new Map(),
      companion: undefined,
      onTransaction: undefined,
      onWritten: () => undefined,
    });
    const made: string[] = [];
    const written: (string | undefined)[] = [];
    /** Whose elements were gone through, which is how they become JSON. */
    const encoded = new Set<string>();
    function* units(): Generator<FamilyUnit> {
      for (const owner of ['1', '2', '3', '4', '5', '6', '7', '8']) {
        made.push(owner);
        const one = unit(owner, 4000);
        const adds = Object.assign([...one.adds], {
          *[Symbol.iterator](): Generator<Entry, undefined> {
            encoded.add(owner);
            yield* one.adds;
          },
        });
        yield { ...one, adds };
      }
    }
    const done = writer.writeAll(units(), {
      written: ({ owner }) => written.push(owner),
      refused: (_, error) => {
        throw error;
      },
    });
    const settled = async (): Promise<void> => {
      for (let i = 0; i < 20; i += 1) await new Promise(resolve => void setImmediate(resolve));
    };
    await settled();
    // Two fit into a part; the first of the one after tells that a part is complete.
    expect(nft.sizes).toEqual([8000]);
    expect(made).toEqual(['1', '2', '3', '4', '5']);
    expect([...encoded]).toEqual(['1', '2', '3', '4']);
    nft.ends[0]?.();
    await settled();
    expect(nft.sizes).toEqual([8000, 8000]);
    expect(written).toEqual(['1', '2']);
    expect(made).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    for (let i = 1; i < 4; i += 1) {
      nft.ends[i]?.();
      await settled();
    }
    expect(await done).toBe(4);
    expect(written).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    nft.close();
  });

  it('tells of a failure that came while the next part was made', async () => {
    class FailingNft extends FakeNft {
      override apply(): Promise<void> {
        return Promise.reject(new Error('no nft'));
      }
    }
    const nft = new FailingNft();
    const writer = new ElementWriter({
      nft,
      keepers: new Map([['ipv4', undefined as never]]),
      companion: undefined,
      onTransaction: undefined,
      onWritten: () => undefined,
    });
    const units = [unit('1', 9000), unit('2', 9000), unit('3', 9000)];
    const observer = { written: () => undefined, refused: () => undefined };
    await expect(writer.writeAll(units, observer)).rejects.toThrow('no nft');
    nft.close();
  });
});

describe('ElementWriter, with what the kernel does', () => {
  const open: FakeNft[] = [];
  afterEach(() => {
    for (const nft of open.splice(0)) nft.close();
    vi.restoreAllMocks();
  });

  /** With tables of both families that have their frame. */
  async function start({
    companion,
    onTransaction,
  }: { companion?: Companion; onTransaction?: TransactionObserver } = {}) {
    const faults: FakeNftFault[] = [];
    const nft = new FakeNft(undefined, { faults: what => (what === 'apply' ? faults.shift() : undefined) });
    open.push(nft);
    const keepers = new Map(
      (['ipv4', 'ipv6'] as const).map(family => {
        const table = new DesiredTable(rulesetOptions({ family }));
        return [family, new TableKeeper({ nft, dump: undefined, table, logger: keptLog().logger })] as const;
      }),
    );
    for (const keeper of keepers.values()) await keeper.keep();
    const told: string[] = [];
    const writer = new ElementWriter({ nft, keepers, companion, onTransaction, onWritten: () => undefined });
    const observer = {
      written: ({ owner }: FamilyUnit) => void told.push(`${owner} written`),
      refused: ({ owner }: FamilyUnit, { message }: Error) => void told.push(`${owner} refused: ${message}`),
    };
    const before = nft.calls.length;
    const applied = (): string[] => nft.calls.slice(before).map(({ text }) => text);
    return { nft, writer, faults, told, observer, applied };
  }

  const keys = (nft: FakeNft): string[] => [...elementsOf(nft.kernel.tables).keys()];
  const forwarding = (owner: string): FamilyUnit => ({
    family: 'ipv4',
    owner,
    deletes: [],
    adds: [
      { container: 'endpoints-tcp', key: `0 . 10.96.0.${owner} . 80`, value: `10.244.1.${owner} . 80` },
      { container: 'services', key: `10.96.0.${owner} . tcp . 80`, value: 'goto cluster-tcp-1' },
    ],
  });

  it('tells apart what the kernel refuses, and counts what it has taken', async () => {
    const { nft, writer, told, observer, applied } = await start();
    nft.kernel.refuses.add('10.2.0.0');
    const units = ['1', '2', '3', '4', '5'].map(owner => unit(owner, 1));
    const transactions = await writer.writeAll(units, observer);
    expect(told.map(one => one.replace(/:.*/, '')).toSorted()).toEqual([
      '1 written',
      '2 refused',
      '3 written',
      '4 written',
      '5 written',
    ]);
    expect(keys(nft)).toEqual(['1', '3', '4', '5'].map(owner => `ip cluster-ips 10.${owner}.0.0`));
    expect(transactions).toBe(nft.calls.filter(({ text, isDone }) => text.startsWith('{') && isDone).length);
    // Whether anything can be written at all is tried in both families.
    const failures = nft.failures().length;
    for (const family of ['ipv4', 'ipv6'] as const)
      expect(applied().filter(text => text === encodeDeclarations(family))).toHaveLength(failures);
  });

  it('writes a chain anew that was not taken, before what leads to it', async () => {
    const { nft, writer, told, observer, faults } = await start();
    faults.push({ does: 'fail' });
    expect(await writer.writeAll([forwarding('1'), forwarding('2')], observer)).toBe(3);
    expect(told).toEqual(['1 written', '2 written']);
    expect(chainsOf(nft.kernel.tables).has('ip kube-proxy cluster-tcp-1')).toBe(true);
  });

  it('keeps to what a companion can have, and has it follow what was written and nothing else', async () => {
    const did: string[] = [];
    const companion: Companion = {
      read: () => Promise.resolve(new Map()),
      open: () => Promise.resolve(),
      before: units => {
        did.push(`before ${units.map(({ owner }) => owner).join()}`);
        return Promise.resolve(new Map(units.filter(({ owner }) => owner === '2').map(one => [one, new Error('no')])));
      },
      after: units => {
        did.push(`after ${units.map(({ owner }) => owner).join()}`);
        return Promise.resolve();
      },
      tidy: () => Promise.resolve(false),
    };
    const { nft, writer, told, observer } = await start({ companion });
    nft.kernel.refuses.add('10.3.0.0');
    await writer.writeAll([unit('1', 1), unit('2', 1), unit('3', 1)], observer);
    expect(did).toEqual(['before 1,2,3', 'after 1']);
    expect(told[0]).toBe('2 refused: no');
    expect(told.at(-1)).toBe('1 written');
    expect(keys(nft)).toEqual(['ip cluster-ips 10.1.0.0']);
  });

  it('makes several transactions of many deletions, too', async () => {
    const { nft, writer, observer } = await start();
    const units = ['1', '2'].map(owner => unit(owner, 6000));
    await writer.writeAll(units, observer);
    expect(await writer.writeTogether(units.map(({ adds, ...more }) => ({ ...more, adds: [], deletes: adds })))).toBe(
      2,
    );
    expect(keys(nft)).toEqual([]);
  });

  it('tells how many elements a transaction had, and how long it took in seconds', async () => {
    const onTransaction = vi.fn<TransactionObserver>();
    const { writer, observer } = await start({ onTransaction });
    await writer.writeAll([unit('1', 3)], observer);
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 250));
    onTransaction.mockClear();
    await writer.writeTogether([{ ...unit('2', 1), deletes: unit('1', 3).adds }]);
    expect(onTransaction.mock.calls).toEqual([['ipv4', { elements: 4, seconds: 0.25, failed: false }]]);
  });
});
