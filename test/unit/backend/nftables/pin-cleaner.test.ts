import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { pinKey } from '../../../../src/backend/nftables/affinity-rules.ts';
import { encodeDeclarations } from '../../../../src/backend/nftables/encode.ts';
import { createPinCleaner } from '../../../../src/backend/nftables/pin-cleaner.ts';
import type { DumpSets } from '../../../../src/backend/nftables/read-table.ts';
import { affinityMaps, NFT_FAMILY } from '../../../../src/backend/nftables/schema.ts';
import type { Family } from '../../../../src/model/ip.ts';
import type { ServicePlan } from '../../../../src/plan/types.ts';
import { FakeNft } from '../../../fakes/fake-nft.ts';
import { keptLog } from '../../../support/log-lines.ts';
import { servicePlan } from '../../../support/plans.ts';

function plan(family: Family, endpoints: string[]): ServicePlan {
  const { ports, ...rest } = servicePlan('d/web', { family, endpoints });
  return {
    ...rest,
    ports: ports.map(port => ({ ...port, servicePort: { ...port.servicePort, affinityTimeoutSeconds: 60 } })),
  };
}

const STAGE = {
  ipv4: { stays: '10.244.1.2', goes: '10.244.1.3', clients: ['192.0.2.1', '192.0.2.2'] },
  ipv6: { stays: 'fd00:10:244::2', goes: 'fd00:10:244::3', clients: ['17', '18'] },
} as const;

describe.each(['ipv4', 'ipv6'] as const)('createPinCleaner in %s', family => {
  const { stays, goes, clients } = STAGE[family];
  const server = (address: string): string => (family === 'ipv4' ? `${address}:8080` : `[${address}]:8080`);
  const both = plan(family, [server(stays), server(goes)]);
  const clusterIP = both.ports[0]?.servicePort.clusterIP ?? '';
  const nfts: FakeNft[] = [];
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    for (const nft of nfts.splice(0)) nft.close();
  });

  async function setUp(): Promise<{ nft: FakeNft; pinned: () => Promise<string[]>; lines: readonly string[] }> {
    const nft = new FakeNft();
    nfts.push(nft);
    await nft.apply(encodeDeclarations(family));
    for (const [i, address] of [stays, goes].entries()) {
      const key = `${pinKey(clusterIP, 80, 'cluster').join(' . ')} . ${clients[i]}`;
      for (const { name, value } of affinityMaps(family, 'tcp')) {
        const told = value.map(part => (part === 'address' ? address : '8080')).join(' . ');
        await nft.apply(`add element ${NFT_FAMILY[family]} kube-proxy ${name} { ${key} timeout 1m : ${told} }\n`);
      }
    }
    const pinned = async (): Promise<string[]> => {
      const listings = await Promise.all(
        affinityMaps(family, 'tcp').map(({ name }) => nft.listMap(NFT_FAMILY[family], 'kube-proxy', name)),
      );
      return clients.filter(client => listings.every(text => new RegExp(`"?\\b${client}\\b"?\\]`).test(text ?? '')));
    };
    const log = keptLog();
    const cleaner = createPinCleaner({ families: [family], nft, logger: log.logger });
    cleaner.record(family, 'd/web', both);
    cleaner.programmed();
    await vi.advanceTimersByTimeAsync(1500);
    expect(await pinned()).toEqual([...clients]);
    cleaner.record(family, 'd/web', plan(family, [server(stays)]));
    cleaner.programmed();
    await vi.advanceTimersByTimeAsync(1500);
    return { nft, pinned, lines: log.lines };
  }

  it('lets go of the clients of a real server that is gone, and of no others', async () => {
    const { pinned, lines, nft } = await setUp();
    expect(await pinned()).toEqual([clients[0]]);
    expect(lines).toEqual(['info: clients of endpoints that are gone were let go']);
    const deletions = nft.calls.filter(({ text }) => text.startsWith('delete element'));
    expect(deletions.map(({ text }) => text.match(/delete element/g)?.length)).toEqual([family === 'ipv4' ? 1 : 2]);
  });

  describe('at the start', () => {
    /** Which maps nft was asked for, where the kernel tells that these have elements, and that one of them changed meanwhile. */
    async function listed(dump: DumpSets): Promise<(string | undefined)[]> {
      const nft = new FakeNft();
      nfts.push(nft);
      await nft.apply(encodeDeclarations(family));
      const maps = vi.spyOn(nft, 'listMap');
      const cleaner = createPinCleaner({ families: [family], nft, dump, logger: keptLog().logger });
      cleaner.programmed();
      await vi.advanceTimersByTimeAsync(100);
      return maps.mock.calls.map(([, , name]) => name);
    }
    const element = { key: Buffer.alloc(4), value: undefined, packets: 0 };
    const mapsOf = (l4: 'tcp' | 'udp' | 'sctp'): string[] => affinityMaps(family, l4).map(({ name }) => name);

    it('asks nft for the maps of those protocols alone that have clients', async () => {
      const dump: DumpSets = ({ table, sets }, visitor) => {
        expect(table).toBe('kube-proxy');
        expect(sets).toEqual([...mapsOf('tcp'), ...mapsOf('udp'), ...mapsOf('sctp')]);
        for (const set of sets) {
          visitor.begin(set);
          if (set === mapsOf('udp').at(-1)) visitor.element(element);
          if (set !== mapsOf('tcp')[0]) continue;
          visitor.element(element);
          visitor.begin(set);
        }
        return Promise.resolve();
      };
      expect(await listed(dump)).toEqual(mapsOf('udp'));
    });

    it('asks for all of them where the kernel does not tell', async () => {
      const all = [...mapsOf('tcp'), ...mapsOf('udp'), ...mapsOf('sctp')];
      expect(await listed(() => Promise.reject(new Error('no perl')))).toEqual(all);
    });
  });
});
