import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Interner } from '../../../src/kube/interner.ts';
import { servicesResource } from '../../../src/kube/resources.ts';
import type { Service } from '../../../src/kube/types.ts';
import { FakeApiServer } from '../../fakes/fake-apiserver.ts';
import type { HarnessOptions } from './reflector-harness.ts';
import { ReflectorHarness, serviceNamed } from './reflector-harness.ts';

let server: FakeApiServer;
let harness: ReflectorHarness<Service>;

beforeEach(async () => {
  server = await new FakeApiServer().start();
  server.store.set(serviceNamed('a'));
});

afterEach(async () => {
  await harness.stop();
  await server.stop();
});

/** A reflector that has its first state and watches. */
async function watching(options: HarnessOptions = {}): Promise<void> {
  harness = new ReflectorHarness(server, servicesResource(new Interner()), options);
  await harness.untilWatching();
}

const verbs = (): readonly string[] => server.requests.map(({ verb }) => verb);
const versionOfWatch = (index: number): string | null | undefined =>
  server.requests[index]?.query.get('resourceVersion');

/** Milliseconds between requests. */
const gaps = (from: number): readonly number[] =>
  server.requests.slice(from).map(({ atMs }, index) => atMs - (server.requests[from + index - 1]?.atMs ?? 0));

describe('a watch that ends', () => {
  test('is resumed at once from the last version, without a list', async () => {
    await watching({ timing: { backoff: { initialMs: 60_000, maxMs: 60_000 } } });
    server.store.set(serviceNamed('b'));
    await harness.until(() => harness.objects.has('ns/b'));
    const version = server.store.version;
    for (const watch of server.watches) watch.end();
    await harness.until(() => server.requests.length === 2 && server.watches.length === 1);
    expect(versionOfWatch(1)).toBe(String(version));
    server.store.set(serviceNamed('c'));
    await harness.until(() => harness.objects.has('ns/c'));
    expect(verbs()).toEqual(['watch-list', 'watch']);
    expect(harness.told.filter(told => told.startsWith('error'))).toEqual([]);
  });

  test('is resumed from a bookmark', async () => {
    await watching();
    server.store.set({ kind: 'Node', metadata: { name: 'elsewhere' } });
    server.bookmarks();
    await harness.until(() => harness.count('event:BOOKMARK') === 2);
    for (const watch of server.watches) watch.end();
    await harness.until(() => server.requests.length === 2);
    expect(versionOfWatch(1)).toBe(String(server.store.version));
  });

  test('again and again while it is young is resumed with growing delays, from event to event', async () => {
    await watching();
    server.breakAfterEvents = 1;
    for (const watch of server.watches) watch.end();
    await harness.until(() => server.watches.length === 1);
    for (const name of ['b', 'c', 'd', 'e']) server.store.set(serviceNamed(name));
    await harness.until(() => harness.keys().length === 5);
    expect(new Set(verbs().slice(1))).toEqual(new Set(['watch']));
    const [, second = 0, third = 0, fourth = 0] = gaps(1);
    expect([second >= 15, third >= 35, fourth >= 75]).toEqual([true, true, true]);
  });

  test('after a long life is resumed at once each time', async () => {
    await watching({ timing: { backoff: { initialMs: 60_000, maxMs: 60_000 }, livedMs: 1 } });
    for (let i = 1; i < 6; i += 1) {
      await harness.until(() => server.watches.length === 1 && server.requests.length === i);
      await new Promise(resolve => setTimeout(resolve, 5));
      for (const watch of server.watches) watch.end();
    }
    await harness.until(() => server.requests.length === 6);
    expect(verbs()).toEqual(['watch-list', ...Array.from({ length: 5 }, () => 'watch')]);
  });
});

describe('a connection that is lost', () => {
  test('is made again, and what was missed comes without a list', async () => {
    await watching();
    for (const watch of server.watches) watch.reset();
    server.store.set(serviceNamed('b'));
    server.store.delete(serviceNamed('a'));
    await harness.until(() => harness.keys().join() === 'ns/b');
    expect(verbs()).toEqual(['watch-list', 'watch']);
    expect(harness.told).toContain('ended:connection');
  });

  test('in the middle of an event loses no event', async () => {
    await watching();
    server.watches[0]?.raw('{"type":"ADDED","object":{"metadata":{"namespace":"ns","name":"half');
    await new Promise(resolve => setTimeout(resolve, 5));
    for (const watch of server.watches) watch.reset();
    server.store.set(serviceNamed('b'));
    await harness.until(() => harness.keys().join() === 'ns/a,ns/b');
    expect(harness.told).not.toContain('error:broken-stream');
  });

  test('a server that is down is waited for, with growing delays, and the state stays', async () => {
    await watching();
    const { port } = server;
    await server.stop();
    await harness.until(() => harness.count('error:connection') >= 3);
    expect(harness.keys()).toEqual(['ns/a']);
    expect(harness.reflector.status()).toMatchObject({ hasSynced: true, watchingSince: undefined });
    expect(harness.reflector.status().lastError).toMatch(/ECONNREFUSED|ECONNRESET|hang up/);
    server.store.set(serviceNamed('b'));
    await server.start(port);
    await harness.until(() => harness.keys().join() === 'ns/a,ns/b');
    expect(new Set(verbs().slice(1))).toEqual(new Set(['watch']));
  });

  test('a watch that is silent for too long is taken for dead', async () => {
    await watching({ timing: { watchSeconds: [0, 0], watchGraceMs: 40 } });
    for (const watch of server.watches) watch.isSilent = true;
    await harness.until(() => server.requests.length >= 2);
    expect(harness.told).toContain('ended:silence');
    expect(verbs()[1]).toBe('watch');
  });

  test('a server that accepts and does not answer is given up, and asked again', async () => {
    server.fault({ does: 'hang' });
    await watching({ timing: { headersTimeoutMs: 30 } });
    expect(verbs().length).toBeGreaterThan(1);
    expect(new Set(verbs())).toEqual(new Set(['watch-list']));
    expect(harness.told).toContain('error:connection');
  });

  test('a list that stands still is given up', async () => {
    server.watchList = false;
    harness = new ReflectorHarness(server, servicesResource(new Interner()), { timing: { listSilenceMs: 30 } });
    await harness.untilWatching();
    const stalled = new Promise<void>(resolve => {
      server.stallNextList(resolve);
    });
    server.store.compact();
    for (const watch of server.watches) watch.reset();
    await stalled;
    await harness.until(() => harness.count('error:silence') >= 1 && harness.count('listed:list:1') === 2);
    expect(harness.keys()).toEqual(['ns/a']);
  });
});

describe('a version that has expired', () => {
  test.each(['status', 'event'] as const)(
    'told by %s: a new list, of which only the difference is applied',
    async how => {
      server.expiresBy = how;
      for (const name of ['b', 'c']) server.store.set(serviceNamed(name));
      await watching();
      for (const watch of server.watches) watch.end();
      await harness.until(() => server.watches.length === 1);
      harness.applied.length = 0;
      for (const watch of server.watches) watch.isSilent = true;
      server.store.delete(serviceNamed('a'));
      server.store.set(serviceNamed('b'));
      server.store.set(serviceNamed('d'));
      server.store.compact();
      for (const watch of server.watches) watch.end();
      await harness.until(() => harness.count('relist:expired') === 1 && harness.keys().join() === 'ns/b,ns/c,ns/d');
      expect(harness.applied.map(changes => changes.map(({ type, key }) => `${type} ${key}`))).toEqual([
        ['delete ns/a', 'set ns/b', 'set ns/d'],
      ]);
      expect(verbs().at(-1)).toBe('watch-list');
      expect(harness.synced).toBe(1);
    },
  );

  test('told on a running watch, which the server does not even end', async () => {
    await watching();
    server.watches[0]?.error({ code: 410, reason: 'Expired' });
    await harness.until(() => harness.count('listed:watch-list:1') === 2);
    expect(harness.told).toContain('ended:expired');
    expect(harness.applied).toHaveLength(1);
  });

  test('again and again does not become a storm', async () => {
    await watching();
    server.expiresBy = 'status';
    server.fault({ does: 'status', status: { code: 410 } }, { times: 5 });
    for (const watch of server.watches) watch.reset();
    await harness.until(() => server.requests.length === 7 && server.watches.length === 1);
    const delays = gaps(3);
    expect([delays[0]! >= 15, delays[1]! >= 35, delays[2]! >= 75]).toEqual([true, true, true]);
  });

  test('ahead of a server that was restored: the newest list, whatever its version', async () => {
    server.watchList = false;
    await watching();
    server.store.rewind(50);
    server.watches[0]?.error({ code: 410 });
    server.store.set(serviceNamed('b'));
    await harness.until(() => harness.keys().join() === 'ns/a,ns/b');
    expect(harness.told).toContain('error:too-large-version');
    const lists = (): readonly (string | null)[] =>
      server.requests.flatMap(({ verb, query }) => (verb === 'list' ? [query.get('resourceVersion')] : []));
    expect(lists()).toEqual(['0', '101', null]);
    await harness.untilWatching();
    expect(harness.reflector.status().resourceVersion).toBe('51');
    server.watches[0]?.error({ code: 410 });
    await harness.until(() => harness.count('listed:list:2') === 2);
    expect(lists()).toEqual(['0', '101', null, '51']);
  });
});
