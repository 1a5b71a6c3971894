import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeApiServer } from '../../../fakes/fake-apiserver.ts';
import { runMain } from '../run-main.ts';

describe('explain from a cluster', () => {
  let server: FakeApiServer;
  beforeEach(async () => {
    server = await new FakeApiServer().start();
    server.store.set({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'default' },
      spec: { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'], ipFamilies: ['IPv4'], ports: [{ port: 80 }] },
    });
  });
  afterEach(() => server.stop());

  it('asks the API server, and needs no more than a look', async () => {
    const { status, stdout, stderr } = await runMain(['explain', 'host', 'default/web', `--master=${server.url}`]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('rejected: default/web has no endpoint that could serve');
    expect(server.requests.filter(({ verb }) => verb === 'create')).toEqual([]);
  });

  it.each([
    {
      name: 'headless',
      metadata: {},
      spec: { clusterIP: 'None' },
      first: 'default/db is headless: DNS tells the addresses of its endpoints, and nothing is forwarded',
    },
    {
      name: 'of another proxy',
      metadata: { labels: { 'service.kubernetes.io/service-proxy-name': 'x' } },
      spec: { clusterIP: '10.96.0.11' },
      first: 'default/db is left to another proxy: it has the label service.kubernetes.io/service-proxy-name',
    },
  ])('asks for a Service that a proxy is not told of: $name', async ({ metadata, spec, first }) => {
    const object = { apiVersion: 'v1', kind: 'Service', spec };
    server.store.set({ ...object, metadata: { ...metadata, name: 'db', namespace: 'default' } });
    server.store.set({ ...object, metadata: { name: 'db', namespace: 'shop' }, spec: { type: 'ExternalName' } });
    const { status, stdout, stderr } = await runMain(['explain', 'default/db', `--master=${server.url}`]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toBe(`${first}\n`);
  });

  it('says that there is no such Service', async () => {
    const { status, stdout, stderr } = await runMain(['explain', 'default/db', `--master=${server.url}`]);
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: '',
      stderr: 'sluice: there is no Service default/db\n',
    });
  });

  it('says that the API server refuses', async () => {
    server.hasServiceFieldSelector = false;
    const { status, stderr } = await runMain(['explain', 'default/db', `--master=${server.url}`]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'sluice: field label not supported: spec.clusterIP\n' });
  });
});
