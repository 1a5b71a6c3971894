import * as fc from 'fast-check';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeApiServer } from '../fakes/fake-apiserver.ts';
import { randomOf } from '../fakes/fake-nft-faults.ts';
import type { Affinity } from '../property/backend-world.ts';
import { clusterEvents } from '../property/cluster-events.ts';
import { expectedElements, type Elements } from '../property/kernel-content.ts';
import { mustSkip, nftVariants } from '../support/requirements.ts';
import { NodeNamespace } from './node-namespace.ts';
import { PublishedCluster } from './published-cluster.ts';
import { seeds } from './seeds.ts';

const isSkipped = mustSkip('the built program with failing edges', 'ip', 'nft', 'conntrack');

/** Where NodePorts are depends on the namespace. */
const comparable = (elements: Elements): Elements =>
  new Map([...elements].filter(([id]) => !id.includes(' nodeport-ips ')));

describe.skipIf(isSkipped).each(nftVariants())('the built program, $name', ({ path }) => {
  const [seed = 1] = seeds(1);
  let server: FakeApiServer;
  let cluster: PublishedCluster;
  let node: NodeNamespace;

  beforeEach(async () => {
    server = await new FakeApiServer().start();
    cluster = new PublishedCluster(server);
    node = new NodeNamespace(server, { nft: path, seed });
    await node.prepare();
  });
  afterEach(async () => {
    await node.remove();
    await server.stop();
  });

  const affinity = (): Affinity => ({
    ipv4: 'learnt',
    ipv6: node.hasLogged('this nft cannot have the kernel learn') ? 'hashed' : 'learnt',
  });
  const converge = (within: number): Promise<void> =>
    vi.waitFor(
      () => {
        expect(node.isRunning, node.log).toBe(true);
        expect(comparable(node.elements())).toEqual(comparable(expectedElements(cluster.state, affinity())));
      },
      { timeout: within, interval: 200 },
    );

  it(`programs everything with an nft that fails half of the time and an API server that breaks its connections (FAULT_SEED=${seed})`, async () => {
    expect(existsSync('dist/sluice'), 'there is no dist/sluice: run node scripts/build.ts').toBe(true);
    const random = randomOf(seed);
    const events = fc.sample(clusterEvents, { seed, numRuns: 70 });
    events.slice(0, 20).forEach(event => cluster.publish(event));
    node.start();
    await converge(60_000);

    node.breakNft();
    for (const [i, event] of events.slice(20, 60).entries()) {
      cluster.publish(event);
      if (i === 15) for (const watch of server.watches) watch.reset();
      await delay(random() * 100);
    }
    await converge(90_000);
    expect(node.callsSince).toBeGreaterThan(8);

    // The next process goes on where this one was ended.
    await node.stop();
    expect(node.isRunning).toBe(false);
    node.mendNft();
    events.slice(60).forEach(event => cluster.publish(event));
    node.start();
    await converge(60_000);
  }, 240_000);
});
