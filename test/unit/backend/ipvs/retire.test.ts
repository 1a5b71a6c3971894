import { pino } from 'pino';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { retireIpvs, retireWhenIdle, type RetireOptions } from '../../../../src/backend/ipvs/retire.ts';
import type { LocalRoute } from '../../../../src/kernel/local-routes.ts';
import { FakeIpvs } from '../../../fakes/fake-ipvs.ts';
import { FakeIpvsadm } from '../../../fakes/fake-ipvsadm.ts';
import { FakeNft } from '../../../fakes/fake-nft.ts';
import { keptLog } from '../../../support/log-lines.ts';
import { range } from '../../../support/plans.ts';

const pauses = vi.hoisted((): number[] => []);
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number) => {
    pauses.push(ms);
    return Promise.resolve();
  },
}));

class NftOfArp extends FakeNft {
  readonly texts: string[] = [];
  override apply(text: string): Promise<void> {
    this.texts.push(text);
    return Promise.resolve();
  }
}

/** As the kernel prints it: 10.96.0.1:80 with a connection, 10.96.0.2:80 without, 192.0.2.1:80 of somebody else. */
const LISTING = `TCP  0A600001:0050 rr
  -> 0AF40102:1F90      Masq    1      1          0
TCP  0A600002:0050 rr
  -> 0AF40102:1F90      Masq    1      0          0
TCP  C0000201:0050 rr
TCP  [fd00:0010:0096:0000:0000:0000:0000:0001]:0050 rr
`;

describe('retireIpvs', () => {
  let ipvsadm: FakeIpvsadm;
  let nft: NftOfArp;
  let routes: Record<'ipv4' | 'ipv6', LocalRoute[]>;
  let options: RetireOptions;
  beforeEach(() => {
    ipvsadm = new FakeIpvsadm(new FakeIpvs());
    for (const address of ['10.96.0.1:80', '10.96.0.2:80', '192.0.2.1:80', '[fd00:10:96::1]:80'])
      ipvsadm.ipvs.execute(`-A -t ${address} -s rr`);
    nft = new NftOfArp();
    routes = {
      ipv4: [{ cidr: '10.96.0.0/16', source: undefined }],
      ipv6: [{ cidr: 'fd00:10:96::/112', source: undefined }],
    };
    options = {
      families: ['ipv4', 'ipv6'],
      ipvsadm,
      nft,
      routes: {
        list: family => Promise.resolve(routes[family]),
        change: (family, { deletes = [] }) => {
          routes[family] = routes[family].filter(({ cidr }) => !deletes.some(one => one.cidr === cidr));
          return Promise.resolve();
        },
      },
      excludeCIDRs: [],
      readServers: () => Promise.resolve(LISTING),
      logger: pino({ level: 'silent' }),
    };
  });
  const servers = (): string[] => Object.keys(ipvsadm.ipvs.servers);

  it('waits for connections, with the routes that they need', async () => {
    expect(await retireIpvs(options, false)).toBe(1);
    expect(servers()).toEqual(['-t 10.96.0.1:80', '-t 192.0.2.1:80']);
    expect(routes.ipv4).toHaveLength(1);
    expect(nft.texts).toEqual([]);
    const later = LISTING.replace('1      1 ', '1      0 ');
    expect(await retireIpvs({ ...options, readServers: () => Promise.resolve(later) }, false)).toBe(0);
    expect(servers()).toEqual(['-t 192.0.2.1:80']);
    expect(routes).toEqual({ ipv4: [], ipv6: [] });
    expect(nft.texts).toEqual(['add table arp kube-proxy\ndelete table arp kube-proxy\n']);
  });

  it('does not wait where it must not', async () => {
    expect(await retireIpvs(options, true)).toBe(0);
    expect(servers()).toEqual(['-t 192.0.2.1:80']);
    expect(routes.ipv4).toEqual([]);
  });

  it('leaves those alone that are excluded, as it did while it ran', async () => {
    expect(await retireIpvs({ ...options, excludeCIDRs: [range('10.96.0.2/32')] }, true)).toBe(0);
    expect(servers()).toEqual(['-t 10.96.0.2:80', '-t 192.0.2.1:80']);
    expect(routes).toEqual({ ipv4: [], ipv6: [] });
  });

  it('leaves those of a family alone that is not served', async () => {
    expect(await retireIpvs({ ...options, families: ['ipv4'] }, true)).toBe(0);
    expect(servers()).toEqual(['-t 192.0.2.1:80', '-t [fd00:10:96::1]:80']);
    expect(routes.ipv6).toHaveLength(1);
  });

  it('touches nothing where there is no route of ours', async () => {
    routes = { ipv4: [], ipv6: [] };
    expect(await retireIpvs(options, true)).toBe(0);
    expect(ipvsadm.lines).toEqual([]);
    expect(nft.texts).toEqual([]);
  });

  it('says so where one cannot be deleted, and keeps the routes', async () => {
    ipvsadm.ipvs.execute = () => 'Invalid operation.';
    await expect(retireIpvs(options, true)).rejects.toThrow('cannot be deleted: Invalid operation.');
    expect(routes.ipv4).toHaveLength(1);
  });
});

describe('retireWhenIdle', () => {
  it('looks again until nothing is left, whatever goes wrong meanwhile', async () => {
    const ipvsadm = new FakeIpvsadm(new FakeIpvs());
    ipvsadm.ipvs.execute('-A -t 10.96.0.1:80 -s rr');
    let routes: LocalRoute[] = [{ cidr: '10.96.0.0/16', source: undefined }];
    const server = 'TCP  0A600001:0050 rr\n  -> 0AF40102:1F90      Masq    1      1          0\n';
    const answers = [server, server, undefined, server, server.replace('1      1 ', '1      0 ')];
    let reads = 0;
    const log = keptLog();
    await retireWhenIdle({
      families: ['ipv4'],
      ipvsadm,
      nft: new NftOfArp(),
      routes: {
        list: () => Promise.resolve(routes),
        change: () => {
          routes = [];
          return Promise.resolve();
        },
      },
      excludeCIDRs: [],
      readServers: () => {
        reads += 1;
        return reads === 3 ? Promise.reject(new Error('once')) : Promise.resolve(answers[reads - 1]);
      },
      logger: log.logger,
    });
    expect(reads).toBe(5);
    expect(pauses).toEqual([60_000, 60_000, 60_000, 60_000]);
    // How many are left is said where it is news.
    expect(log.lines).toEqual([
      'info: virtual servers of mode ipvs stay until their connections end',
      'warn: what mode ipvs has left cannot be removed; tried again later',
      'info: what mode ipvs had left is gone',
    ]);
    expect(routes).toEqual([]);
    expect(ipvsadm.ipvs.servers).toEqual({});
  });
});
