import * as fc from 'fast-check';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeApiServer } from '../fakes/fake-apiserver.ts';
import { FakeNft } from '../fakes/fake-nft.ts';
import { randomFaults, randomOf } from '../fakes/fake-nft-faults.ts';
import { clusterEvents } from '../property/cluster-events.ts';
import { elementsOf, expectedElements } from '../property/kernel-content.ts';
import { Agent } from './agent.ts';
import { AFFINITY } from './loop-world.ts';
import { PublishedCluster } from './published-cluster.ts';
import { seeds } from './seeds.ts';

// The same back-off and the same deadlines as in production, but a hundred times faster.
vi.mock(import('../../src/kube/reflector-options.ts'), async original => {
  const module = await original();
  const timing = {
    backoff: { initialMs: 8, maxMs: 100 },
    healthyMs: 1200,
    livedMs: 100,
    watchGraceMs: 300,
    listSilenceMs: 300,
    initialSilenceMs: 200,
    headersTimeoutMs: 200,
    absentMs: 500,
  };
  return { ...module, REFLECTOR_TIMING: { ...module.REFLECTOR_TIMING, ...timing } };
});

describe('an API server that breaks its connections', () => {
  let server: FakeApiServer;
  let nft: FakeNft;
  let agent: Agent;
  let cluster: PublishedCluster;
  let rate: number;

  beforeEach(async () => {
    server = await new FakeApiServer().start();
    cluster = new PublishedCluster(server);
    rate = 0;
  });
  afterEach(async () => {
    await agent.stop();
    await server.stop();
    nft.close();
  });

  const start = (random: () => number): void => {
    const faultOf = randomFaults(random, () => rate);
    nft = new FakeNft(undefined, {
      faults: what => {
        const fault = faultOf(what);
        // Two minutes are too long for a test in real time.
        return fault?.does === 'hang' ? { does: 'fail' } : fault;
      },
      latencyMs: () => Math.floor(random() * 5),
    });
    agent = new Agent({ url: server.url, nft });
  };

  async function converge(): Promise<void> {
    const check = (): void => {
      // Headless ones are not asked for.
      const services = [...cluster.state.services].filter(([, { clusterIP }]) => clusterIP !== 'None');
      expect(agent.cluster.index.serviceKeys()).toEqual(services.map(([key]) => key).toSorted());
      expect(elementsOf(nft.kernel.tables)).toEqual(expectedElements(cluster.state, AFFINITY));
      expect(agent.reconciler.quarantine.size).toBe(0);
    };
    await vi.waitFor(check, { timeout: 20_000, interval: 20 });
  }

  it.each(seeds(3))('after a few events each: everything arrives (FAULT_SEED=%i)', async seed => {
    const random = randomOf(seed);
    server.breakAfterEvents = 3;
    server.pageSize = 5;
    const [before, after] = split(fc.sample(clusterEvents, { seed, numRuns: 80 }));
    before.forEach(event => cluster.publish(event));
    start(random);
    for (const event of after) {
      cluster.publish(event);
      await delay(random() * 15);
    }
    await converge();
    // There is none where none breaks; on a busy machine many events come at a time.
    expect(server.requests.filter(({ verb }) => verb === 'watch').length).toBeGreaterThan(6);
  });

  it.each(seeds(5))('and does worse, with an nft that fails: everything arrives (FAULT_SEED=%i)', async seed => {
    const random = randomOf(seed);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
    const faults = [
      (): void => server.watches.forEach(watch => watch.reset()),
      (): void => server.watches.forEach(watch => watch.end()),
      (): void => server.watches.forEach(watch => watch.error({ code: 410 })),
      (): void => server.watches.forEach(watch => watch.raw('{"type":"MODIFIED","object":{"kind":"Service","meta')),
      (): void => server.watches.forEach(watch => watch.raw('<html>\n')),
      (): void => server.store.compact(),
      (): void => server.fault({ does: 'status', status: { code: pick([401, 403, 404, 429, 500, 503]) } }),
      (): void =>
        server.fault({
          does: 'raw',
          text: '{"kind":"ServiceList","metadata":{"resourceVersion":"1"},"items":[{"metad',
        }),
      (): void => server.fault({ does: 'hang' }),
      (): void => server.fault({ does: 'reset' }),
      (): void => void (server.watchList = pick([true, false, 'ignored'])),
      (): void => void (server.expiresBy = pick(['status', 'event'])),
      (): void => void (server.breakAfterEvents = pick([1, 4, Number.POSITIVE_INFINITY])),
    ];
    const [before, after] = split(fc.sample(clusterEvents, { seed, numRuns: 120 }));
    before.forEach(event => cluster.publish(event));
    rate = 0.3;
    start(random);
    for (const event of after) {
      cluster.publish(event);
      if (random() < 0.4) pick(faults)();
      await delay(random() * 20);
    }
    server.heal();
    await converge();
    // Four where nothing breaks, some forty where the machine is quick enough to see each fault by itself.
    expect(server.requests.length).toBeGreaterThan(8);
  });

  const split = <T>(all: readonly T[]): [readonly T[], readonly T[]] => [
    all.slice(0, all.length / 2),
    all.slice(all.length / 2),
  ];
});
