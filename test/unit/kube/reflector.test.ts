import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Interner } from '../../../src/kube/interner.ts';
import { nodeResource, serviceCIDRsResource, servicesResource } from '../../../src/kube/resources.ts';
import type { Service } from '../../../src/kube/types.ts';
import { FakeApiServer } from '../../fakes/fake-apiserver.ts';
import type { HarnessOptions } from './reflector-harness.ts';
import { ReflectorHarness, serviceNamed } from './reflector-harness.ts';

let server: FakeApiServer;
let harness: ReflectorHarness<Service> | undefined;

beforeEach(async () => {
  server = await new FakeApiServer().start();
});

afterEach(async () => {
  await harness?.stop();
  harness = undefined;
  await server.stop();
});

function start(options: HarnessOptions = {}): ReflectorHarness<Service> {
  harness = new ReflectorHarness(server, servicesResource(new Interner()), options);
  return harness;
}

const event = (type: string, name: string, resourceVersion: string): string =>
  `${JSON.stringify({ type, object: { metadata: { namespace: 'ns', name, resourceVersion } } })}\n`;

const verbs = (): readonly string[] => server.requests.map(({ verb }) => verb);

describe('while it runs', () => {
  test('events of one chunk are one apply, in their order', async () => {
    start();
    await harness?.untilWatching();
    const [watch] = server.watches;
    watch?.raw(
      event('ADDED', 'a', '201') +
        event('ADDED', 'b', '202') +
        event('DELETED', 'a', '203') +
        event('STRANGE', 'b', '204'),
    );
    await harness?.until(() => harness?.told.at(-1) === 'event:UNKNOWN');
    expect(harness?.applied.map(changes => changes.map(({ type, key }) => `${type} ${key}`))).toEqual([
      ['set ns/a', 'set ns/b', 'delete ns/a'],
    ]);
    expect(harness?.reflector.status().resourceVersion).toBe('203');
  });

  test('what is wrong in an object is told, and the object is used', async () => {
    server.store.set({
      kind: 'Service',
      metadata: { namespace: 'ns', name: 'a' },
      spec: { clusterIP: '10.96.0.1', ports: 'many' },
    });
    start();
    await harness?.untilWatching();
    expect(harness?.told).toContain('problem:Service ns/a:spec.ports');
    expect(harness?.objects.get('ns/a')?.ports).toEqual([]);
    server.watches[0]?.send('ADDED', { metadata: {} });
    server.watches[0]?.send('DELETED', { metadata: {} });
    server.store.set(serviceNamed('b'));
    await harness?.until(() => harness?.keys().join() === 'ns/a,ns/b');
  });

  test('a sink that throws is logged and counted, and the next change comes all the same', async () => {
    let isBroken = true;
    start({
      onApply: () => {
        if (isBroken) throw new Error('sink is broken');
      },
    });
    await harness?.untilWatching();
    server.store.set(serviceNamed('a'));
    await harness?.until(() => harness?.count('error:sink') === 1);
    isBroken = false;
    server.store.set(serviceNamed('b'));
    await harness?.until(() => harness?.keys().join() === 'ns/b');
    expect(harness?.logged.find(({ msg }) => msg === 'a change could not be taken in')).toMatchObject({
      level: 50,
      err: { message: 'sink is broken' },
    });
    expect(verbs()).toEqual(['watch-list']);
  });

  test('its status tells where it is', async () => {
    server.store.set(serviceNamed('a'));
    const before = Date.now();
    const { reflector } = start();
    expect(reflector.status()).toMatchObject({
      resource: 'services',
      state: 'listing',
      hasSynced: false,
      objects: 0,
      watchingSince: undefined,
    });
    await harness?.untilWatching();
    const status = reflector.status();
    expect(status).toMatchObject({ state: 'watching', hasSynced: true, objects: 1, failures: 0, lastError: undefined });
    expect(status.lastEventAt).toBeGreaterThanOrEqual(before);
    expect(status.resourceVersion).toBe(String(server.store.version));
    await harness?.stop();
    expect(reflector.status()).toMatchObject({ state: 'stopped', watchingSince: undefined });
  });

  test('stops at once when told to, wherever it is', async () => {
    server.fault({ does: 'hang' });
    start();
    await harness?.until(() => server.requests.length === 1);
    const startedAt = Date.now();
    await harness?.stop();
    expect(Date.now() - startedAt).toBeLessThan(1_500);
    expect(harness?.told).toEqual([]);
  });
});

describe('other resources', () => {
  test('one node of many', async () => {
    for (const name of ['node-a', 'node-b']) server.store.set({ kind: 'Node', metadata: { name } });
    const node = new ReflectorHarness(server, nodeResource('node-a', new Interner()));
    await node.untilWatching();
    expect(node.keys()).toEqual(['node-a']);
    await node.stop();
  });

  test('ServiceCIDRs that the server does not have: synced and empty, and looked for again', async () => {
    const path = '/apis/networking.k8s.io/v1/servicecidrs';
    server.absentPaths.add(path);
    const cidrs = new ReflectorHarness(server, serviceCIDRsResource(), { timing: { absentMs: 20 } });
    await cidrs.until(() => cidrs.synced === 1);
    expect(cidrs.applied).toEqual([]);
    expect(cidrs.count('error:not-found')).toBe(0);
    server.store.set({ kind: 'ServiceCIDR', metadata: { name: 'kubernetes' }, spec: { cidrs: ['10.96.0.0/16'] } });
    server.absentPaths.delete(path);
    await cidrs.until(() => cidrs.keys().join() === 'kubernetes');
    expect(cidrs.synced).toBe(1);
    server.absentPaths.add(path);
    for (const watch of server.watches) watch.end();
    await cidrs.until(() => cidrs.keys().length === 0);
    server.absentPaths.delete(path);
    await cidrs.until(() => cidrs.keys().join() === 'kubernetes');
    await cidrs.stop();
  });

  test('ServiceCIDRs that are forbidden block nobody, and come once they are allowed', async () => {
    server.store.set({ kind: 'ServiceCIDR', metadata: { name: 'kubernetes' }, spec: { cidrs: ['10.96.0.0/16'] } });
    server.fault({ does: 'status', status: { code: 403 } }, { times: 2 });
    const cidrs = new ReflectorHarness(server, serviceCIDRsResource());
    await cidrs.until(() => cidrs.synced === 1);
    expect(cidrs.objectsAtSync).toBe(0);
    await cidrs.until(() => cidrs.keys().join() === 'kubernetes');
    expect(cidrs.synced).toBe(1);
    await cidrs.stop();
  });
});
