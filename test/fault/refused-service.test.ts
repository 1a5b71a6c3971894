import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeNft, type FakeNftFault } from '../fakes/fake-nft.ts';
import { randomOf } from '../fakes/fake-nft-faults.ts';
import type { ClusterEvent } from '../property/cluster-events.ts';
import { endpointSlice, service, sliceEndpoint } from '../support/builders.ts';
import { giveTimeBack, LoopWorld, takeTime } from './loop-world.ts';

const BAD = '10.244.2.66';

/** A Service with a ClusterIP, and with one real server unless told otherwise. */
const serving = (name: string, number: number, ...servers: readonly string[]): ClusterEvent[] => [
  { kind: 'set-service', object: service({ name, clusterIP: `10.96.0.${number}` }) },
  sliceOf(name, servers.length ? servers : [`10.244.2.${number}`], 'node-b'),
];

const sliceOf = (serviceName: string, addresses: readonly string[], nodeName = 'node-a'): ClusterEvent => ({
  kind: 'set-slice',
  object: endpointSlice({ serviceName, endpoints: addresses.map(address => sliceEndpoint({ address, nodeName })) }),
});

const SHARED_IP = '203.0.113.30';

/** A Service with a ClusterIP and an address that others want, too; all of its real servers are on this node. */
const sharing = (name: string, number: number, creationTimestamp: string, ...servers: string[]): ClusterEvent[] => [
  {
    kind: 'set-service',
    object: service({ name, clusterIP: `10.96.0.${number}`, externalIPs: [SHARED_IP], creationTimestamp }),
  },
  sliceOf(name, servers),
];
const [OLD, YOUNG] = ['2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z'];

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

  /** What goes wrong with the next transactions. */
  let faults: (FakeNftFault | undefined)[];

  beforeEach(() => {
    takeTime(randomOf(1));
    faults = [];
    nft = new FakeNft(undefined, { faults: what => (what === 'apply' ? faults.shift() : undefined) });
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

  describe('and that shares an address with another one', () => {
    const atShared = (): string | undefined => world.elements.get(`ip endpoints-tcp 0 . ${SHARED_IP} . 80`);
    const hairpin = (address: string): boolean => world.elements.has(`ip hairpin ${address} . ${address} . tcp . 8080`);

    it('leaves to others what it shares with them', async () => {
      // Both are claimed or held by the refused one first, which sorts before the other.
      await start(...sharing('bad', 9, OLD, BAD, '10.244.1.10'), ...sharing('web', 10, YOUNG, '10.244.1.10'));
      await world.pass(10_000);
      expect(quarantined()).toEqual(REFUSED);
      expect(atShared()).toBe('10.244.1.10 . 8080');
      expect(hairpin('10.244.1.10')).toBe(true);
    });

    it('leaves it to the younger one that has it, whatever changes, and after a restart', async () => {
      await start(...sharing('bad', 9, OLD, BAD), ...sharing('web', 10, YOUNG, '10.244.1.10'));
      for (const last of [11, 12]) {
        await world.pass(100_000);
        world.take(sliceOf('web', [`10.244.1.${last}`]));
        await world.pass(100);
        expect(atShared()).toBe(`10.244.1.${last} . 8080`);
        expect(hairpin(`10.244.1.${last}`)).toBe(true);
      }
      await world.stop();
      await start(...sharing('bad', 9, OLD, BAD), ...sharing('web', 10, YOUNG, '10.244.1.12'));
      await world.pass(100_000);
      world.take(sliceOf('web', ['10.244.1.13']));
      await world.pass(100_000);
      expect(quarantined()).toEqual(REFUSED);
      expect(atShared()).toBe('10.244.1.13 . 8080');
      nft.kernel.refuses.clear();
      await world.pass(31_000);
      expect(world.elements).toEqual(world.expected);
      expect(atShared()).toBe(`${BAD} . 8080`);
    });

    it('keeps it from the younger one if it has it, and after a restart', async () => {
      await start(...sharing('bad', 9, OLD, '10.244.1.10'), ...sharing('web', 10, YOUNG, '10.244.1.20'));
      world.take(sliceOf('bad', [BAD, '10.244.1.10']));
      await world.pass(100_000);
      expect([quarantined(), atShared(), hairpin('10.244.1.10')]).toEqual([REFUSED, '10.244.1.10 . 8080', true]);
      await world.stop();
      await start(...sharing('bad', 9, OLD, BAD, '10.244.1.10'), ...sharing('web', 10, YOUNG, '10.244.1.20'));
      await world.pass(100_000);
      world.take(sliceOf('web', ['10.244.1.21']));
      await world.pass(100_000);
      expect([quarantined(), atShared(), hairpin('10.244.1.10')]).toEqual([REFUSED, '10.244.1.10 . 8080', true]);
    });

    it('lets go of it at once when it does not want it any more and the other one does', async () => {
      await start(...sharing('bad', 9, OLD, '10.244.1.10'), ...sharing('web', 10, YOUNG, '10.244.1.20'));
      world.take({
        kind: 'set-service',
        object: service({ name: 'bad', clusterIP: '10.96.0.9', creationTimestamp: OLD }),
      });
      world.take(sliceOf('bad', [BAD]));
      await world.pass(100);
      expect([quarantined(), atShared(), server(9)]).toEqual([REFUSED, '10.244.1.20 . 8080', '10.244.1.10 . 8080']);
    });

    it('keeps what it does not want any more until another one wants it', async () => {
      await start(...sharing('bad', 9, OLD, '10.244.1.10'));
      world.take({
        kind: 'set-service',
        object: service({ name: 'bad', clusterIP: '10.96.0.9', creationTimestamp: OLD }),
      });
      world.take(sliceOf('bad', [BAD]));
      await world.pass(100_000);
      expect([quarantined(), atShared()]).toEqual([REFUSED, '10.244.1.10 . 8080']);
      for (const event of sharing('web', 10, YOUNG, '10.244.1.20')) world.take(event);
      await world.pass(100_000);
      expect([quarantined(), atShared(), server(9)]).toEqual([REFUSED, '10.244.1.20 . 8080', '10.244.1.10 . 8080']);
    });
  });

  it('has what it had again, when somebody else removes everything', async () => {
    await start(...serving('bad', 9), ...serving('web', 10));
    for (const event of serving('bad', 9, BAD)) world.take(event);
    await world.pass(1000);
    await nft.apply('flush ruleset\n');
    await world.pass(31_000);
    expect([quarantined(), server(9), server(10)]).toEqual([REFUSED, '10.244.2.9 . 8080', '10.244.2.10 . 8080']);
  });

  it('leaves nothing behind when the kernel has taken what nft says was refused', async () => {
    await start(...serving('bad', 9), ...serving('web', 10));
    faults = [{ does: 'fail' }, undefined, { does: 'fail-after' }];
    world.take(sliceOf('bad', ['10.244.2.1', '10.244.2.2', '10.244.2.3'], 'node-b'));
    await world.pass(100);
    expect([faults, world.outcomes.at(-1)?.refused.length]).toEqual([[], 1]);
    // Changed before it is tried again.
    world.take(sliceOf('bad', ['10.244.2.4'], 'node-b'));
    await world.pass(100);
    expect(quarantined()).toEqual([]);
    expect(world.elements).toEqual(world.expected);
  });

  it('keeps none from what is theirs when it is a chain that the kernel refuses', async () => {
    nft.kernel.refuses.add('cluster-tcp-2');
    await start(...serving('bad', 9, '10.244.2.9', '10.244.2.8'), ...serving('web', 10));
    expect([quarantined(), server(9), server(10)]).toEqual([REFUSED, undefined, '10.244.2.10 . 8080']);
    nft.kernel.refuses.clear();
    await world.pass(31_000);
    expect(world.elements).toEqual(world.expected);
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
