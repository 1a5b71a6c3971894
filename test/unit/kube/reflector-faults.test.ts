import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Interner } from '../../../src/kube/interner.ts';
import { servicesResource } from '../../../src/kube/resources.ts';
import type { Service } from '../../../src/kube/types.ts';
import { FakeApiServer } from '../../fakes/fake-apiserver.ts';
import type { HarnessOptions } from './reflector-harness.ts';
import { ReflectorHarness, serviceNamed } from './reflector-harness.ts';
import { TemporaryFolder } from './temporary-folder.ts';

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

/** Milliseconds between requests. */
const gaps = (from: number): readonly number[] =>
  server.requests.slice(from).map(({ atMs }, index) => atMs - (server.requests[from + index - 1]?.atMs ?? 0));

describe('refusals', () => {
  test('429: not before Retry-After is over', async () => {
    await watching();
    server.fault({ does: 'status', status: { code: 429, retryAfterSeconds: 0.2 } });
    for (const watch of server.watches) watch.reset();
    await harness.until(() => server.requests.length === 3);
    expect(gaps(2)[0]).toBeGreaterThanOrEqual(199);
    expect(verbs()).toEqual(['watch-list', 'watch', 'watch']);
    expect(harness.told).toContain('error:throttled');
  });

  test('401: the credentials are renewed and used at once', async () => {
    server.fault({ does: 'status', status: { code: 401 } });
    await watching({ timing: { backoff: { initialMs: 60_000, maxMs: 60_000 } } });
    expect(harness.told[0]).toBe('error:unauthorized');
    expect(verbs()).toEqual(['watch-list', 'watch-list']);
  });

  test('401 since the token was rotated: the new one is read at once, not when its file is next looked at', async () => {
    using folder = new TemporaryFolder();
    folder.write('token', 'old');
    const user = { name: 'u', user: { tokenFile: 'token' } };
    const context = { name: 'c', context: { cluster: 'k', user: 'u' } };
    const clusters = [{ name: 'k', cluster: {} }];
    const text = JSON.stringify({ clusters, users: [user], contexts: [context], 'current-context': 'c' });
    server.token = 'old';
    await watching({
      kubeconfig: folder.write('kubeconfig', text),
      timing: { backoff: { initialMs: 10, maxMs: 10 }, livedMs: 60_000 },
    });
    folder.write('token', 'new');
    server.token = 'new';
    for (const watch of server.watches) watch.reset();
    await harness.until(() => server.watches.length === 1 && server.requests.length > 1);
    expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer new');
    expect(harness.count('error:unauthorized')).toBeLessThan(5);
  });

  test('401 again: with back-off', async () => {
    server.fault({ does: 'status', status: { code: 401 } }, { times: 4 });
    await watching();
    const [second, third, fourth] = gaps(2);
    expect([second! >= 15, third! >= 35, fourth! >= 75]).toEqual([true, true, true]);
  });

  test('403: borne with, the state stays, one loud line in the log', async () => {
    await watching();
    server.fault({ does: 'status', status: { code: 403, message: 'may not' } }, { times: 3 });
    for (const watch of server.watches) watch.reset();
    await harness.until(() => harness.count('error:forbidden') === 3 && server.watches.length === 1);
    expect(harness.keys()).toEqual(['ns/a']);
    const lines = harness.logged.filter(line => line['reason'] === 'forbidden');
    expect(lines.map(({ level }) => level)).toEqual([50, 20, 20]);
    expect(lines[0]).toMatchObject({ resource: 'services', error: 'may not' });
    expect(new Set(verbs().slice(1))).toEqual(new Set(['watch']));
  });

  test.each([500, 502, 503, 504])('%d: resumed', async code => {
    await watching();
    server.fault({ does: 'status', status: { code } }, { times: 2 });
    server.store.set(serviceNamed('b'));
    for (const watch of server.watches) watch.reset();
    await harness.until(() => harness.count('error:server-error') === 2 && server.watches.length === 1);
    expect(verbs()).toEqual(['watch-list', 'watch', 'watch', 'watch']);
  });

  test.each([
    { code: 500, relists: false },
    { code: 429, relists: false },
    { code: 400, relists: true },
    { code: 0, relists: true },
  ])('an ERROR event of $code: relist $relists', async ({ code, relists }) => {
    await watching();
    server.watches[0]?.error({ code });
    await harness.until(() => server.requests.length === 2);
    expect(verbs()[1]).toBe(relists ? 'watch-list' : 'watch');
  });

  test('an ERROR event does not cost the events that came with it', async () => {
    await watching();
    const object = { metadata: { namespace: 'ns', name: 'b', resourceVersion: '150' } };
    const status = { kind: 'Status', code: 500 };
    const lines = [
      { type: 'ADDED', object },
      { type: 'ERROR', object: status },
    ].map(event => `${JSON.stringify(event)}\n`);
    server.watches[0]?.raw(lines.join(''));
    await harness.until(() => server.requests.length === 2);
    expect(harness.keys()).toEqual(['ns/a', 'ns/b']);
    expect(server.requests[1]?.query.get('resourceVersion')).toBe('150');
  });

  test('404 and 302 of what must be there: never the end, never an empty state', async () => {
    await watching();
    server.fault({ does: 'status', status: { code: 404 } }, { times: 2 });
    server.fault({ does: 'status', status: { code: 302 } }, { times: 2 });
    for (const watch of server.watches) watch.reset();
    await harness.until(() => server.requests.length === 6 && server.watches.length === 1);
    expect(harness.applied).toHaveLength(1);
    expect(harness.keys()).toEqual(['ns/a']);
  });
});

describe('nonsense', () => {
  test('a line that is no JSON: counted, logged with its first 200 bytes, and a new full state', async () => {
    await watching();
    const line = `<html>${'x'.repeat(300)}`;
    server.watches[0]?.raw(`${JSON.stringify({ type: 'ADDED', object: serviceNamed('before') })}\n${line}\n`);
    await harness.until(() => harness.count('listed:watch-list:1') === 2);
    expect(harness.applied.flat().map(({ type, key }) => `${type} ${key}`)).toEqual([
      'set ns/a',
      'set ns/before',
      'delete ns/before',
    ]);
    expect(harness.told).toContain('relist:broken-stream');
    expect(harness.logged.find(({ reason }) => reason === 'broken-stream')).toMatchObject({
      level: 50,
      excerpt: line.slice(0, 200),
    });
  });

  test.each(['', '{}', 'null', '[]', '<html>', '{"items":[]}', '{"metadata":{"resourceVersion":"1"}}'])(
    'a list of %j is not taken for an empty one',
    async text => {
      server.watchList = false;
      await watching();
      server.fault({ does: 'raw', text }, { verbs: ['list'] });
      server.watches[0]?.error({ code: 410 });
      await harness.until(() => harness.count('listed:list:1') === 2);
      expect(harness.applied).toHaveLength(1);
      expect(harness.count('error:broken-stream')).toBe(1);
    },
  );
});

const sorted = (record: Record<string, unknown>): string =>
  JSON.stringify(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));

test('whatever happens in whatever order, the sink ends up with what the server has', async () => {
  await watching({ timing: { backoff: { initialMs: 1, maxMs: 4 }, headersTimeoutMs: 150 } });
  let seed = 42;
  const random = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  const faults = [
    (): void => server.watches.forEach(watch => watch.reset()),
    (): void => server.watches.forEach(watch => watch.end()),
    (): void => server.store.compact(),
    (): void => server.watches.forEach(watch => watch.error({ code: 410 })),
    (): void => server.watches.forEach(watch => watch.raw('{{{\n')),
    (): void => server.fault({ does: 'status', status: { code: [401, 403, 404, 429, 500, 503][random(6)] ?? 500 } }),
    (): void => server.fault({ does: 'raw', text: '{"type":"ADDED","object":{"metadata":{"name":"ghost"' }),
    (): void => server.fault({ does: 'hang' }),
    (): void => server.fault({ does: 'reset' }),
  ];
  for (let round = 0; round < 150; round += 1) {
    const name = `s-${random(12)}`;
    const isThere = server.store.list('Service').some(({ metadata }) => metadata.name === name);
    if (isThere && random(2) === 0) server.store.delete(serviceNamed(name));
    else server.store.set(serviceNamed(name, { clusterIP: `10.96.0.${round}` }));
    if (random(4) === 0) faults[random(faults.length)]?.();
    await new Promise(resolve => setTimeout(resolve, random(4)));
  }
  server.heal();
  const expected = (): Record<string, unknown> =>
    Object.fromEntries(
      server.store
        .list('Service')
        .map(({ metadata, ...rest }) => [`ns/${metadata.name}`, Reflect.get(Object(rest['spec']), 'clusterIP')]),
    );
  const held = (): Record<string, unknown> =>
    Object.fromEntries([...harness.objects].map(([key, { clusterIP }]) => [key, clusterIP]));
  await harness.until(() => server.watches.length === 1 && sorted(held()) === sorted(expected()));
  expect(harness.synced).toBe(1);
});
