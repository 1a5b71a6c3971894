import { afterEach, beforeEach, expect, test } from 'vitest';
import { Interner } from '../../../src/kube/interner.ts';
import { servicesResource } from '../../../src/kube/resources.ts';
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

const verbs = (): readonly string[] => server.requests.map(({ verb }) => verb);

test('by watch-list: one apply, then synced, then changes on the same connection', async () => {
  for (const name of ['a', 'b', 'c']) server.store.set(serviceNamed(name));
  const { reflector, applied } = start();
  expect(reflector.hasSynced).toBe(false);
  await harness?.untilWatching();
  expect(applied.map(changes => changes.map(({ type, key }) => `${type} ${key}`))).toEqual([
    ['set ns/a', 'set ns/b', 'set ns/c'],
  ]);
  expect(harness).toMatchObject({ synced: 1, objectsAtSync: 3 });
  expect(reflector.hasSynced).toBe(true);
  server.store.set(serviceNamed('d'));
  server.store.delete(serviceNamed('a'));
  await harness?.until(() => harness?.keys().join() === 'ns/b,ns/c,ns/d');
  expect(verbs()).toEqual(['watch-list']);
});

test('an empty one is synced too, without an apply', async () => {
  start();
  await harness?.until(() => harness?.synced === 1);
  expect(harness?.applied).toEqual([]);
});

test('by a list where watch-list is refused, which is remembered', async () => {
  server.watchList = false;
  server.store.set(serviceNamed('a'));
  start();
  await harness?.untilWatching();
  expect(verbs()).toEqual(['watch-list', 'list', 'watch']);
  expect(server.requests[1]?.query.get('resourceVersion')).toBe('0');
  expect(server.requests[2]?.query.get('resourceVersion')).toBe(String(server.store.version));
  expect(harness?.objectsAtSync).toBe(1);
  server.store.compact();
  for (const watch of server.watches) watch.reset();
  await harness?.until(() => harness?.count('listed:list:1') === 2 && server.watches.length === 1);
  expect(verbs()).toEqual(['watch-list', 'list', 'watch', 'watch', 'list', 'watch']);
});

test('by a list where the server is too old to know of watch-list', async () => {
  server.watchList = 'ignored';
  server.store.set(serviceNamed('a'));
  start({ timing: { initialSilenceMs: 30 } });
  await harness?.untilWatching();
  expect(verbs()).toEqual(['watch-list', 'list', 'watch']);
  expect(harness?.told).toContain('error:silence');
  expect(harness?.objectsAtSync).toBe(1);
});

test('a bookmark without the mark tells an old server at once', async () => {
  server.watchList = 'ignored';
  start();
  await harness?.until(() => server.watches.length === 1);
  server.bookmarks();
  await harness?.untilWatching();
  expect(harness?.told).toContain('error:no-initial-state');
  expect(harness?.synced).toBe(1);
});

test('page by page, from one version', async () => {
  server.watchList = false;
  server.pageSize = 2;
  for (const name of ['a', 'b', 'c', 'd', 'e']) server.store.set(serviceNamed(name));
  start();
  await harness?.untilWatching();
  expect(harness?.applied).toHaveLength(1);
  expect(harness?.keys()).toEqual(['ns/a', 'ns/b', 'ns/c', 'ns/d', 'ns/e']);
  expect(verbs()).toEqual(['watch-list', 'list', 'list', 'list', 'watch']);
  const query = server.requests[2]?.query;
  expect([query?.has('resourceVersion'), query?.get('continue'), query?.get('labelSelector')]).toEqual([
    false,
    'page-0',
    '!service.kubernetes.io/service-proxy-name',
  ]);
});

test('never in part: a state that breaks off is fetched from the start', async () => {
  server.store.set(serviceNamed('a'));
  const half = `${JSON.stringify({ type: 'ADDED', object: { metadata: { namespace: 'ns', name: 'half', resourceVersion: '99' } } })}\n`;
  server.fault({ does: 'raw', text: half }, { times: 1, verbs: ['watch-list'] });
  const listHalf = JSON.stringify({ metadata: { resourceVersion: '5' }, items: [serviceNamed('half')] }).slice(0, -2);
  server.fault({ does: 'raw', text: listHalf }, { times: 2, verbs: ['list'] });
  start();
  await harness?.untilWatching();
  expect(harness?.applied.flat().map(({ key }) => key)).toEqual(['ns/a']);
  // The version of a state that was not delivered is not asked for.
  expect(server.requests[1]?.query.get('resourceVersion')).toBe('0');
  expect(harness?.told.filter(told => told.startsWith('error'))).toEqual([
    'error:no-initial-state',
    'error:broken-stream',
    'error:broken-stream',
  ]);
});

test('the server filters, by what is known of Services', async () => {
  server.store.set(serviceNamed('a'));
  server.store.set(serviceNamed('headless', { clusterIP: 'None' }));
  server.store.set(serviceNamed('other', { labels: { 'service.kubernetes.io/service-proxy-name': 'x' } }));
  start();
  await harness?.untilWatching();
  expect(harness?.keys()).toEqual(['ns/a']);
  server.store.set(serviceNamed('other'));
  await harness?.until(() => harness?.objects.has('ns/other') ?? false);
  server.store.set(serviceNamed('other', { labels: { 'service.kubernetes.io/service-proxy-name': 'x' } }));
  await harness?.until(() => harness?.keys().join() === 'ns/a');
});

test.each([true, false])(
  'without the field selector where the server does not know it (watch-list %s)',
  async watchList => {
    server.watchList = watchList;
    server.hasServiceFieldSelector = false;
    server.store.set(serviceNamed('headless', { clusterIP: 'None' }));
    start();
    await harness?.untilWatching();
    expect(harness?.keys()).toEqual(['ns/headless']);
    for (const { query } of server.requests.slice(1)) expect(query.has('fieldSelector')).toBe(false);
  },
);
