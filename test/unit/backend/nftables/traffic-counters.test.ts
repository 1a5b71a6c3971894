import { afterEach, describe, expect, it } from 'vitest';
import type { CommitResult } from '../../../../src/backend/backend.ts';
import { NftablesBackend } from '../../../../src/backend/nftables/apply.ts';
import type { ServicePlan } from '../../../../src/plan/types.ts';
import { FakeNft, type FakeNftFault } from '../../../fakes/fake-nft.ts';
import { keptLog } from '../../../support/log-lines.ts';
import { servicePlan } from '../../../support/plans.ts';
import { rulesetOptions } from '../../../support/rulesets.ts';

const RULESETS = (['ipv4', 'ipv6'] as const).map(family => rulesetOptions({ family }));

const nodePort = { kind: 'NodePort', address: undefined, port: 30080 } as const;
const web = (...endpoints: string[]): ServicePlan => {
  const plan = servicePlan('d/web', { endpoints, virtualServers: [{}, nodePort] });
  const ports = plan.ports.map(port => ({ ...port, servicePort: { ...port.servicePort, portName: 'http' } }));
  return { ...plan, ports };
};

let open: FakeNft[] = [];
afterEach(() => {
  for (const nft of open) nft.close();
  open = [];
});

function setUp() {
  let fault: FakeNftFault | undefined;
  const nft = new FakeNft(undefined, { faults: what => (what === 'list' ? fault : undefined) });
  open.push(nft);
  const start = (): NftablesBackend => new NftablesBackend({ nft, rulesets: RULESETS, logger: keptLog().logger });
  let backend = start();
  const commit = (...plans: ServicePlan[]): Promise<CommitResult> => {
    for (const plan of plans) backend.stage(plan.family, plan.service, plan);
    return backend.commit();
  };
  return {
    nft,
    commit,
    resync: () => backend.resync(),
    /** Packets begin connections. */
    send: (packets: number, key = '10.96.0.1 . tcp . 80', map = 'services', family: 'ip' | 'ip6' = 'ip') =>
      nft.kernel.tables.get(`${family} kube-proxy`)!.containers.get(map)!.lookUp(key, packets),
    read: async (): Promise<string[]> => {
      const increments = await backend.traffic.readIncrements();
      return increments.map(
        ({ family, service, port, protocol, outcome, packets }) =>
          `${family} ${service} ${port} ${protocol} ${outcome} ${packets}`,
      );
    },
    restart: () => void (backend = start()),
    fail: (to: FakeNftFault | undefined) => void (fault = to),
    has: (port: string, protocol = 'TCP') => backend.traffic.has({ family: 'ipv4', service: 'd/web', port, protocol }),
    listed: () => nft.calls.filter(({ what }) => what === 'list').length,
  };
}

describe('NftablesBackend', () => {
  it('says how many elements a comparison found, of the node and of Services', async () => {
    const { commit, resync, nft } = setUp();
    expect((await commit(web('10.244.1.2:8080'))).found).toEqual(
      new Map([
        ['ipv4', 0],
        ['ipv6', 0],
      ]),
    );
    expect((await commit(servicePlan('d/more', { clusterIP: '10.96.0.2' }))).found).toBeUndefined();
    const elements = 5 + 5;
    expect((await resync()).found).toEqual(
      new Map([
        ['ipv4', elements],
        ['ipv6', 0],
      ]),
    );
    await nft.apply('delete element ip kube-proxy services { 10.96.0.1 . tcp . 80 }\n');
    expect((await resync()).found).toEqual(
      new Map([
        ['ipv4', elements - 1],
        ['ipv6', 0],
      ]),
    );
    expect((await resync()).found).toEqual(
      new Map([
        ['ipv4', elements],
        ['ipv6', 0],
      ]),
    );
  });
});

describe('TrafficCounters', () => {
  it('tell what was sent to a service port, by each of its virtual servers and families', async () => {
    const { commit, send, read } = setUp();
    const six = servicePlan('d/six', { family: 'ipv6', protocol: 'UDP' });
    await commit(web('10.244.1.2:8080'), six);
    send(3);
    send(2, 'tcp . 30080', 'nodeports');
    send(4, 'fd00:10:96::1 . udp . 80', 'services', 'ip6');
    expect(await read()).toEqual([
      'ipv4 d/web http TCP forwarded 3',
      'ipv4 d/web http TCP forwarded 2',
      'ipv6 d/six 80 UDP forwarded 4',
    ]);
    send(1);
    expect(await read()).toEqual(['ipv4 d/web http TCP forwarded 1']);
    expect(await read()).toEqual([]);
  });

  it.each([
    { unavailable: 'reject', outcome: 'rejected' },
    { unavailable: 'drop', outcome: 'dropped' },
  ] as const)('tell what was $outcome', async ({ unavailable, outcome }) => {
    const { commit, send, read } = setUp();
    await commit(servicePlan('d/web', { endpoints: [], virtualServers: [{ forward: 'none', unavailable }] }));
    send(5, '10.96.0.1 . tcp . 80', 'unavailable');
    expect(await read()).toEqual([`ipv4 d/web 80 TCP ${outcome} 5`]);
  });

  it('count on when a change writes an element anew', async () => {
    const { commit, send, read } = setUp();
    await commit(web('10.244.1.2:8080'));
    send(3);
    await read();
    await commit(web('10.244.1.2:8080', '10.244.1.3:8080'));
    send(4);
    expect(await read()).toEqual(['ipv4 d/web http TCP forwarded 4']);
  });

  it('begin at 0 after a restart, whatever was counted before', async () => {
    const { commit, send, read, restart } = setUp();
    await commit(web('10.244.1.2:8080'));
    send(100);
    restart();
    expect(await read()).toEqual([]);
    await commit(web('10.244.1.2:8080'));
    send(2);
    expect(await read()).toEqual(['ipv4 d/web http TCP forwarded 2']);
  });

  it('lose nothing to a reading that fails', async () => {
    const { commit, send, read, fail } = setUp();
    await commit(web('10.244.1.2:8080'), servicePlan('d/six', { family: 'ipv6' }));
    send(3);
    let calls = 0;
    // The first map is read, the second is not.
    fail({ does: 'print', text: printed => ((calls += 1) > 1 ? 'nonsense' : printed) });
    await expect(read()).rejects.toThrow('listing');
    fail(undefined);
    send(1);
    const packets = (await read()).map(text => Number(text.split(' ').at(-1)));
    expect(packets.reduce((sum, one) => sum + one, 0)).toBe(4);
  });

  it('read only maps that have elements', async () => {
    const { commit, read, listed } = setUp();
    await commit(servicePlan('d/web'));
    const before = listed();
    await read();
    expect(listed() - before).toBe(1);
  });

  it('know which service ports there are', async () => {
    const { commit, has } = setUp();
    await commit(web('10.244.1.2:8080'));
    expect([has('http'), has('80'), has('http', 'UDP')]).toEqual([true, false, false]);
    await commit({ ...web(), ports: [] });
    expect(has('http')).toBe(false);
  });
});
