import { afterEach, describe, expect, it } from 'vitest';
import { startHealthChecks } from '../../../src/cli/health-checks.ts';
import { LiveNode } from '../../../src/cli/live-node.ts';
import type { RecordedEvent } from '../../../src/kube/event-recorder.ts';
import { ServiceIndex } from '../../../src/model/service-index.ts';
import type { NodePortHealthServers } from '../../../src/server/node-port-health.ts';
import { HealthState } from '../../../src/telemetry/health-state.ts';
import { node, service } from '../../support/builders.ts';
import { configuration } from '../../support/configuration.ts';
import { keptLog } from '../../support/log-lines.ts';
import { ask, freePorts, occupy, release } from '../server/sockets.ts';

const running: NodePortHealthServers[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map(servers => servers.close()));
});

async function setUp() {
  const { logger } = keptLog();
  let nowMs = 0;
  const health = new HealthState({ healthTimeoutMs: 1000, now: () => nowMs });
  const live = new LiveNode({
    configuration: configuration('nodePortAddresses: [0.0.0.0/0]'),
    nodeName: 'node-a',
    families: ['ipv4'],
    health,
    logger,
    localAddresses: async () => [],
  });
  live.setNode(node());
  const index = new ServiceIndex();
  index.setService(service({ uid: 'uid-of-web' }));
  const events: RecordedEvent[] = [];
  const servers = startHealthChecks({
    live,
    health,
    index,
    logger,
    events: { record: event => void events.push(event) },
  });
  running.push(servers);
  const update = async (owner: string, port: number): Promise<void> => {
    servers.update('ipv4', new Map([[owner, { port, localEndpoints: 2 }]]));
    await servers.settled();
  };
  return { health, events, update, pass: (ms: number) => void (nowMs += ms) };
}

describe('startHealthChecks', () => {
  it('serves where NodePorts are, and tells whether the proxy works', async () => {
    const { health, update, pass } = await setUp();
    const [port = 0] = await freePorts(1);
    await update('default/web', port);
    health.updated('ipv4');
    expect(JSON.parse((await ask('127.0.0.1', port)).body)).toEqual({
      service: { namespace: 'default', name: 'web' },
      localEndpoints: 2,
      serviceProxyHealthy: true,
    });
    health.queuedUpdate('ipv4');
    pass(1000);
    expect(await ask('127.0.0.1', port)).toMatchObject({ status: 503 });
  });

  it.each([
    { owner: 'default/web', regarding: { kind: 'Service', namespace: 'default', name: 'web', uid: 'uid-of-web' } },
    { owner: 'shop/unknown', regarding: { kind: 'Service', namespace: 'shop', name: 'unknown' } },
  ])('tells of a port that is taken as an event of $owner', async ({ owner, regarding }) => {
    const { events, update } = await setUp();
    const { server, port } = await occupy('0.0.0.0');
    await update(owner, port);
    await release(server);
    expect(events).toEqual([
      {
        regarding,
        type: 'Warning',
        reason: 'FailedToStartServiceHealthcheck',
        action: 'Listen',
        note: expect.stringMatching(
          `^node node-a failed to start healthcheck "${owner}" on port ${port}: .*EADDRINUSE`,
        ) as string,
      },
    ]);
  });
});
