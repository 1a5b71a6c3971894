import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Cluster } from '../../../src/cli/cluster.ts';
import { createAccess } from '../../../src/kube/auth.ts';
import { createTransport, type Transport } from '../../../src/kube/transport.ts';
import { FakeApiServer } from '../../fakes/fake-apiserver.ts';

const nothing = (): undefined => undefined;

describe('weights of Pods and Nodes', () => {
  let server: FakeApiServer;
  let transport: Transport;
  let stop: AbortController;
  const touched: string[][] = [];
  beforeEach(async () => {
    server = await new FakeApiServer().start();
    transport = createTransport({ access: createAccess({ kubeconfig: '', master: server.url }), userAgent: 'test' });
    stop = new AbortController();
    touched.length = 0;
    for (const [name, ip, address, nodeName] of [
      ['web', '10.96.0.10', '10.244.1.10', 'node-a'],
      ['api', '10.96.0.11', '10.244.2.10', 'node-b'],
    ]) {
      server.store.set({
        kind: 'Service',
        metadata: { name: name!, namespace: 'default' },
        spec: { clusterIP: ip, clusterIPs: [ip], ipFamilies: ['IPv4'], ports: [{ port: 80 }] },
      });
      server.store.set({
        kind: 'EndpointSlice',
        metadata: { name: name!, namespace: 'default', labels: { 'kubernetes.io/service-name': name! } },
        addressType: 'IPv4',
        ports: [{ name: '', port: 8080 }],
        endpoints: [{ addresses: [address], nodeName }],
      });
    }
  });
  afterEach(async () => {
    stop.abort();
    transport.close();
    await server.stop();
  });

  async function start(watchesWeights: boolean): Promise<Cluster> {
    const cluster = new Cluster({
      nodeName: 'node-a',
      watchesWeights,
      transport,
      observer: {
        onListed: nothing,
        onRelist: nothing,
        onWatchStarted: nothing,
        onWatchEnded: nothing,
        onEvent: nothing,
        onError: nothing,
        onProblems: nothing,
      },
      logger: pino({ level: 'silent' }),
      onServices: owners => void (owners.length && touched.push([...owners])),
      onSlice: nothing,
      onServiceEvents: nothing,
      onNode: nothing,
      onServiceCIDRs: nothing,
    });
    await cluster.watchServices(stop.signal);
    touched.length = 0;
    return cluster;
  }

  const pod = (weight?: string) => ({
    kind: 'Pod',
    metadata: { name: 'web-1', namespace: 'default', ...(weight && { labels: { 'sluice/ipvs-weight': weight } }) },
    status: { phase: 'Running', podIPs: [{ ip: '10.244.1.10' }] },
  });
  const node = (weight: string) => ({
    kind: 'Node',
    metadata: { name: 'node-b', labels: { 'sluice/ipvs-weight': weight } },
  });
  const weights = ({ weights }: Cluster): (number | undefined)[] =>
    (
      [
        ['10.244.1.10', 'node-a'],
        ['10.244.2.10', 'node-b'],
      ] as const
    ).map(([address, nodeName]) => weights.of({ address, nodeName }).weight);

  it('are known at the start, and touch the Services of their endpoints when they change', async () => {
    server.store.set(pod('3'));
    const cluster = await start(true);
    expect(weights(cluster)).toEqual([3, undefined]);
    server.store.set(node('5'));
    await vi.waitFor(() => expect(touched).toEqual([['default/api']]));
    server.store.set(pod('4'));
    await vi.waitFor(() => expect(touched.slice(1)).toEqual([['default/web']]));
    expect(weights(cluster)).toEqual([4, 5]);
    // Without the label it is none that is watched.
    server.store.set(pod());
    await vi.waitFor(() => expect(touched.slice(2)).toEqual([['default/web']]));
    expect(weights(cluster)).toEqual([undefined, 5]);
  });

  it('are not asked for where nobody wants them', async () => {
    server.store.set(pod('3'));
    expect(weights(await start(false))).toEqual([undefined, undefined]);
    expect(server.requests.filter(({ path }) => /pods|nodes/.test(path))).toEqual([]);
  });

  it('are done without where they may not be seen', async () => {
    server.store.set(pod('3'));
    server.fault({ does: 'status', status: { code: 403 } }, { path: '/api/v1/pods', times: 100 });
    expect(weights(await start(true))).toEqual([undefined, undefined]);
  });
});
