import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { encodeDeclarations } from '../../../../src/backend/nftables/encode.ts';
import type { DumpSets } from '../../../../src/backend/nftables/read-table.ts';
import { TableReader, readAhead } from '../../../../src/backend/nftables/table-reader.ts';
import { FakeNft } from '../../../fakes/fake-nft.ts';

/** One that has frames to list. */
class FramedNft extends FakeNft {
  override async listFrames(family: 'ip' | 'ip6'): Promise<string> {
    const listing = await this.listTable(family, 'kube-proxy');
    return (listing ?? '{"nftables": []}').replaceAll(/, ?"elem": ?\[.*?\](?=[,}])/g, '');
  }
}

const failing: DumpSets = () => Promise.reject(new Error('no netlink socket'));
/** One element in `cluster-ips`. */
const dumping: DumpSets = ({ sets }, visitor) => {
  for (const set of sets) {
    visitor.begin(set);
    if (set === 'cluster-ips') visitor.element({ key: Buffer.from([10, 96, 0, 1]), value: undefined, packets: 0 });
  }
  return Promise.resolve();
};

async function readerOf(dump: DumpSets | undefined, nft: FakeNft): Promise<{ reader: TableReader; logged: string[] }> {
  const logged: string[] = [];
  await nft.apply(`${encodeDeclarations('ipv4')}add element ip kube-proxy cluster-ips { 10.96.0.2 }\n`);
  const logger = pino({ level: 'info' }, { write: (line: string): void => void logged.push(line) });
  return { reader: new TableReader({ nft, family: 'ipv4', logger, dump }), logged };
}

describe('TableReader', () => {
  it('takes elements from the kernel, and the frame from nft', async () => {
    const { reader, logged } = await readerOf(dumping, new FramedNft());
    const { exists, elements } = await reader.read();
    expect(logged).toEqual([]);
    expect(exists).toBe(true);
    expect(elements.get('cluster-ips')).toEqual(new Map([['10.96.0.1', '']]));
    expect(logged).toEqual([]);
  });

  it.each([
    ['the kernel cannot be asked', failing, new FramedNft()],
    ['nft cannot list the frames', dumping, new FakeNft()],
  ])('has nft list all where %s, and says so once', async (_, dump, nft) => {
    const { reader, logged } = await readerOf(dump, nft);
    for (let read = 0; read < 2; read += 1) {
      const { elements } = await reader.read();
      expect(elements.get('cluster-ips')).toEqual(new Map([['10.96.0.2', '']]));
    }
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('nft lists the table');
  });

  it('asks for no element where only chains are wanted', async () => {
    const dumped = vi.fn<DumpSets>(dumping);
    const nft = new FramedNft();
    const { reader, logged } = await readerOf(dumped, nft);
    await nft.apply('add chain ip kube-proxy x\n');
    expect([...(await reader.readChains()).keys()]).toEqual(['x']);
    expect(dumped).not.toHaveBeenCalled();
    expect(logged).toEqual([]);
  });

  it('has nft list all for that, too, where it cannot list the frame alone', async () => {
    const nft = new FakeNft();
    const { reader, logged } = await readerOf(dumping, nft);
    await nft.apply('add chain ip kube-proxy x\n');
    expect([...(await reader.readChains()).keys()]).toEqual(['x']);
    expect(logged[0]).toContain('nft lists the table');
  });

  it('says that there is no table', async () => {
    const logger = pino({ level: 'silent' });
    const ahead = readAhead(['ipv4', 'ipv6'], { nft: new FramedNft(), dump: failing, logger });
    for (const content of ahead.values()) expect((await content).exists).toBe(false);
  });
});
