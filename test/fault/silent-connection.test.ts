import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeApiServer } from '../fakes/fake-apiserver.ts';
import { mustSkip } from '../support/requirements.ts';
import { endpointSlice, service, sliceEndpoint } from '../support/builders.ts';
import { NodeNamespace } from './node-namespace.ts';
import { PublishedCluster } from './published-cluster.ts';

const isSkipped = mustSkip('the built program with connections that die in silence', 'ip', 'nft', 'ss');

describe.skipIf(isSkipped)('connections to the API server that die in silence', () => {
  let server: FakeApiServer;
  let cluster: PublishedCluster;
  let node: NodeNamespace;

  const publish = (address: string): void => {
    const endpoints = [sliceEndpoint({ address, nodeName: 'node-b' })];
    cluster.publish({ kind: 'set-slice', object: endpointSlice({ serviceName: 'web', endpoints }) });
  };
  const programmed = (address: string, within: number): Promise<void> =>
    vi.waitFor(
      () => expect(node.elements().get('ip endpoints-tcp 0 . 10.96.0.10 . 80'), node.log).toBe(`${address} . 8080`),
      { timeout: within, interval: 250 },
    );

  beforeEach(async () => {
    server = await new FakeApiServer().start();
    cluster = new PublishedCluster(server);
    cluster.publish({ kind: 'set-service', object: service({ name: 'web', clusterIP: '10.96.0.10' }) });
    publish('10.244.2.10');
    node = new NodeNamespace(server, { nft: 'nft', seed: 1 });
    await node.prepare();
  });
  afterEach(async () => {
    await node.remove();
    await server.stop();
  });

  it('are noticed within 30 s and made again, and what was missed comes', async () => {
    node.start();
    await programmed('10.244.2.10', 60_000);
    await delay(1000);
    const requests = server.requests.length;
    expect(node.cutConnections()).toBeGreaterThan(0);
    publish('10.244.2.11');
    await delay(3000);
    // Nobody was told: no packet comes any more, and no end of the connection.
    expect([server.requests.length, node.isRunning]).toEqual([requests, true]);
    await programmed('10.244.2.11', 32_000);
    expect(node.hasLogged('reason="connection"') || node.hasLogged('reason="silence"')).toBe(true);
  });
});
