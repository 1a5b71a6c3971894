import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeNft } from '../fakes/fake-nft.ts';
import { randomOf } from '../fakes/fake-nft-faults.ts';
import type { ClusterEvent } from '../property/cluster-events.ts';
import { endpointSlice, service, sliceEndpoint } from '../support/builders.ts';
import { giveTimeBack, LoopWorld, takeTime } from './loop-world.ts';

const BAD = '10.244.2.66';

/** A Service with a ClusterIP and one real server. */
const serving = (name: string, number: number, address = `10.244.2.${number}`): ClusterEvent[] => [
  { kind: 'set-service', object: service({ name, clusterIP: `10.96.0.${number}` }) },
  {
    kind: 'set-slice',
    object: endpointSlice({ serviceName: name, endpoints: [sliceEndpoint({ address, nodeName: 'node-b' })] }),
  },
];

describe('a Service that the kernel refuses', () => {
  let nft: FakeNft;
  let world: LoopWorld;
  const start = async (...events: readonly ClusterEvent[]): Promise<void> => {
    world = new LoopWorld(nft, events);
    await world.pass(100);
  };
  const server = (number: number): string | undefined =>
    world.elements.get(`ip endpoints-tcp 0 . 10.96.0.${number} . 80`);
  const quarantined = (): unknown =>
    world.reconciler.quarantine
      .entries()
      .map(({ owner, family, error }) => [owner, family, error.message.split(': ').at(-1)]);
  const REFUSED = [['default/bad', 'ipv4', 'Cannot allocate memory']];

  beforeEach(() => {
    takeTime(randomOf(1));
    nft = new FakeNft();
    nft.kernel.refuses.add(BAD);
  });
  afterEach(async () => {
    await world.stop();
    nft.close();
    giveTimeBack();
  });

  it('is named and set aside, and all others are programmed', async () => {
    const others = Array.from({ length: 40 }, (_, i) => serving(`web-${i}`, 100 + i)).flat();
    await start(...others.slice(0, 40), ...serving('bad', 9, BAD), ...others.slice(40));
    expect(world.outcomes[0]?.refused.map(({ owner }) => owner)).toEqual(['default/bad']);
    expect(quarantined()).toEqual(REFUSED);
    for (let i = 0; i < 40; i += 1) expect(server(100 + i)).toBe(`10.244.2.${100 + i} . 8080`);
    expect(server(9)).toBeUndefined();
    // Others change as fast as ever, however long it takes.
    for (let hour = 0; hour < 3; hour += 1) {
      await world.pass(3_600_000);
      for (const event of serving('web-0', 100, `10.244.3.${hour}`)) world.take(event);
      await world.pass(100);
      expect(server(100)).toBe(`10.244.3.${hour} . 8080`);
      expect(quarantined()).toEqual(REFUSED);
    }
  });

  it('comes back by itself when the kernel takes it, soon', async () => {
    await start(...serving('bad', 9, BAD), ...serving('web', 10));
    await world.pass(600_000);
    expect(server(9)).toBeUndefined();
    nft.kernel.refuses.clear();
    await world.pass(31_000);
    expect(server(9)).toBe(`${BAD} . 8080`);
    expect(quarantined()).toEqual([]);
    expect(world.elements).toEqual(world.expected);
  });

  it('comes back at once when it changes into one that the kernel takes', async () => {
    await start(...serving('bad', 9, BAD));
    await world.pass(600_000);
    for (const event of serving('bad', 9, '10.244.2.9')) world.take(event);
    await world.pass(100);
    expect(server(9)).toBe('10.244.2.9 . 8080');
    expect(quarantined()).toEqual([]);
  });

  it('keeps what it had, however often the kernel is compared', async () => {
    await start(...serving('bad', 9), ...serving('web', 10));
    for (const event of serving('bad', 9, BAD)) world.take(event);
    await world.pass(3_600_000);
    expect(quarantined()).toEqual(REFUSED);
    expect(server(9)).toBe('10.244.2.9 . 8080');
  });

  it('keeps what it had over a restart, however often the kernel is compared', async () => {
    await start(...serving('bad', 9), ...serving('web', 10));
    await world.stop();
    await start(...serving('bad', 9, BAD), ...serving('web', 10));
    await world.pass(3_600_000);
    for (const event of serving('web', 10, '10.244.3.1')) world.take(event);
    await world.pass(3_600_000);
    expect(quarantined()).toEqual(REFUSED);
    expect(server(9)).toBe('10.244.2.9 . 8080');
    expect(server(10)).toBe('10.244.3.1 . 8080');
  });

  it('goes when it is deleted', async () => {
    await start(...serving('bad', 9));
    for (const event of serving('bad', 9, BAD)) world.take(event);
    await world.pass(1000);
    world.take({ kind: 'delete-service', object: { namespace: 'default', name: 'bad' } });
    await world.pass(100);
    expect(server(9)).toBeUndefined();
    expect(quarantined()).toEqual([]);
    expect(world.elements).toEqual(world.expected);
  });

  it('leaves to others what it shares with them', async () => {
    const sharing = (name: string, number: number, addresses: readonly string[]): ClusterEvent[] => [
      { kind: 'set-service', object: service({ name, clusterIP: `10.96.0.${number}`, externalIPs: ['203.0.113.30'] }) },
      {
        kind: 'set-slice',
        object: endpointSlice({ serviceName: name, endpoints: addresses.map(address => sliceEndpoint({ address })) }),
      },
    ];
    // Both are claimed or held by the refused one first, which sorts before the other.
    await start(...sharing('bad', 9, [BAD, '10.244.1.10']), ...sharing('web', 10, ['10.244.1.10']));
    await world.pass(10_000);
    expect(quarantined()).toEqual(REFUSED);
    expect(world.elements.get('ip endpoints-tcp 0 . 203.0.113.30 . 80')).toBe('10.244.1.10 . 8080');
    expect(world.elements.has('ip hairpin 10.244.1.10 . 10.244.1.10 . tcp . 8080')).toBe(true);
  });

  it('is no reason to lose what belongs to the node, when that is what the kernel refuses', async () => {
    await start(...serving('web', 10));
    nft.kernel.refuses.add('10.99.0.0/16');
    world.take({ kind: 'node', change: { serviceCIDRs: ['10.96.0.0/16', '10.99.0.0/16'] } });
    await world.pass(60_000);
    expect(world.elements.has('ip pod-cidrs 10.244.0.0/16')).toBe(true);
    expect(world.elements.has('ip service-cidrs 10.96.0.0/16')).toBe(true);
    for (const event of serving('web', 10, '10.244.3.1')) world.take(event);
    await world.pass(60_000);
    expect(server(10)).toBe('10.244.3.1 . 8080');
    nft.kernel.refuses.delete('10.99.0.0/16');
    await world.pass(60_000);
    expect(world.elements).toEqual(world.expected);
  });
});
