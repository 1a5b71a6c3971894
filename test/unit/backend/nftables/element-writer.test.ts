import { describe, expect, it } from 'vitest';
import { ElementWriter } from '../../../../src/backend/nftables/element-writer.ts';
import type { FamilyUnit } from '../../../../src/backend/nftables/diff.ts';
import type { Entry } from '../../../../src/backend/nftables/schema.ts';
import { FakeNft } from '../../../fakes/fake-nft.ts';

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
