// What others do to the tables after a start has read them, while the API server has not answered yet.

import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeApiServer } from '../fakes/fake-apiserver.ts';
import { service } from '../support/builders.ts';
import { mustSkip } from '../support/requirements.ts';
import { NodeNamespace } from './node-namespace.ts';
import { PublishedCluster } from './published-cluster.ts';

const isSkipped = mustSkip('the built program with tables that change while it starts', 'ip', 'nft', 'conntrack');
const ELEMENT = 'ip unavailable 10.96.0.10 . tcp . 80';

describe.skipIf(isSkipped).each([
  { name: 'which is told', monitorTables: true },
  { name: 'which is not told', monitorTables: false },
])('a flush of all tables while sluice starts, $name', ({ monitorTables }) => {
  let server: FakeApiServer;
  let node: NodeNamespace;

  const waitUntil = (is: () => boolean): Promise<void> =>
    vi.waitFor(() => expect(is(), node.log).toBe(true), { timeout: 20_000, interval: 50 });

  beforeEach(async () => {
    server = await new FakeApiServer().start();
    const cluster = new PublishedCluster(server);
    cluster.publish({ kind: 'set-service', object: service({ name: 'web', clusterIP: '10.96.0.10' }) });
    node = new NodeNamespace(server, { nft: 'nft', seed: 1, monitorTables });
    await node.prepare();
    node.start();
    await waitUntil(() => node.elements().has(ELEMENT));
    await node.stop();
  });
  afterEach(async () => {
    await node.remove();
    await server.stop();
  });

  it('is put right as soon as the API server answers', async () => {
    server.fault(
      { does: 'status', status: { code: 503, reason: 'ServiceUnavailable' } },
      { times: Number.POSITIVE_INFINITY, path: '/api/v1/services' },
    );
    node.start();
    await waitUntil(() => node.timesLogged('nft and kernel take the rules') === 2);
    // The tables are read at the same time.
    await delay(1000);
    node.run('nft', 'flush', 'ruleset');
    server.heal();
    await waitUntil(() => node.elements().has(ELEMENT));
  });
});
