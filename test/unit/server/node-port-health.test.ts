import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BIND_RETRY_MS } from '../../../src/server/http-server.ts';
import { NodePortHealthServers } from '../../../src/server/node-port-health.ts';
import type { BindFailure, NodePortHealthCheck, NodePortHealthOptions } from '../../../src/server/node-port-health.ts';
import { holdConnection, silentConnection } from './keep-alive.ts';
import { ask, freePorts, occupy, release } from './sockets.ts';

const running: NodePortHealthServers[] = [];

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(running.splice(0).map(servers => servers.close()));
});

function setup(options: Partial<NodePortHealthOptions> = {}) {
  const failures: BindFailure[] = [];
  const servers = new NodePortHealthServers({
    addresses: { ipv4: ['127.0.0.1'], ipv6: ['::1'] },
    isProxyHealthy: () => true,
    onBindFailure: failure => void failures.push(failure),
    log: pino({ level: 'silent' }),
    ...options,
  });
  running.push(servers);
  return { servers, failures };
}

const checks = (record: Record<string, readonly [number, number]>): Map<string, NodePortHealthCheck> =>
  new Map(Object.entries(record).map(([service, [port, localEndpoints]]) => [service, { port, localEndpoints }]));

/** `web:2` for the Service and count of an answer; the code of the error where there is none. */
async function who(port: number, host = '127.0.0.1'): Promise<string> {
  const { body } = await ask(host, port);
  const match = /"name": "(\w+)".*"localEndpoints": (\d+)/s.exec(body);
  return match ? `${match[1]}:${match[2]}` : body;
}

describe('NodePortHealthServers', () => {
  it.each([
    { name: 'local endpoints', localEndpoints: 2, isHealthy: true, status: 200 },
    { name: 'no local endpoints', localEndpoints: 0, isHealthy: true, status: 503 },
    { name: 'a proxy that is ill', localEndpoints: 2, isHealthy: false, status: 503 },
  ])('answers $status with $name, as kube-proxy byte for byte', async ({ localEndpoints, isHealthy, status }) => {
    const [port = 0] = await freePorts(1);
    const { servers } = setup({ isProxyHealthy: () => isHealthy });
    servers.update('ipv4', checks({ 'shop/web': [port, localEndpoints] }));
    await servers.settled();
    const answer = await ask('127.0.0.1', port);
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
      'x-load-balancing-endpoint-weight': String(localEndpoints),
    });
    expect(answer.body).toBe(
      `{\n\t"service": {\n\t\t"namespace": "shop",\n\t\t"name": "web"\n\t},\n` +
        `\t"localEndpoints": ${localEndpoints},\n\t"serviceProxyHealthy": ${isHealthy}\n}`,
    );
  });

  it.each([
    { path: '/', method: 'GET' },
    { path: '/some/where?else=1', method: 'GET' },
    { path: '/%', method: 'POST' },
    { path: '/healthz', method: 'PROPFIND' },
  ])('answers $method $path', async ({ path, method }) => {
    const [port = 0] = await freePorts(1);
    const { servers } = setup();
    servers.update('ipv4', checks({ 'shop/web': [port, 1] }));
    await servers.settled();
    const { status, body } = await ask('127.0.0.1', port, path, method, method === 'POST' ? 'some body' : undefined);
    expect(status).toBe(200);
    expect(body).toContain('"localEndpoints": 1');
  });

  it('opens, closes, moves and leaves alone in one update', async () => {
    const [one = 0, two = 0, three = 0, moved = 0, four = 0] = await freePorts(5);
    const { servers, failures } = setup();
    servers.update('ipv4', checks({ 'a/s1': [one, 1], 'a/s2': [two, 3], 'a/s3': [three, 0] }));
    await servers.settled();
    expect(await Promise.all([one, two, three].map(port => who(port)))).toEqual(['s1:1', 's2:3', 's3:0']);
    servers.update('ipv4', checks({ 'a/s2': [two, 2], 'a/s3': [moved, 1], 'a/s4': [four, 2] }));
    await servers.settled();
    expect(await Promise.all([one, two, three, moved, four].map(port => who(port)))).toEqual([
      'ECONNREFUSED',
      's2:2',
      'ECONNREFUSED',
      's3:1',
      's4:2',
    ]);
    expect(failures).toEqual([]);
  });

  it('leaves connections to a port that stays, and ends those to one that goes', async () => {
    const [stays = 0, goes = 0] = await freePorts(2);
    const { servers } = setup();
    servers.update('ipv4', checks({ 'a/stays': [stays, 1], 'a/goes': [goes, 1] }));
    await servers.settled();
    const held = await holdConnection(stays);
    const gone = await Promise.all([holdConnection(goes), silentConnection(goes)]);
    servers.update('ipv4', checks({ 'a/stays': [stays, 5] }));
    await servers.settled();
    await Promise.all(gone.map(({ closed }) => closed));
    expect(await held.again()).toContain('"localEndpoints": 5');
  });

  it('lets two Services swap their ports in one update', async () => {
    const [one = 0, two = 0] = await freePorts(2);
    const { servers, failures } = setup();
    servers.update('ipv4', checks({ 'a/blue': [one, 1], 'a/green': [two, 2] }));
    await servers.settled();
    servers.update('ipv4', checks({ 'a/blue': [two, 1], 'a/green': [one, 2] }));
    await servers.settled();
    expect([await who(one), await who(two)]).toEqual(['green:2', 'blue:1']);
    expect(failures).toEqual([]);
  });

  it('counts each family by itself, at the same port', async () => {
    const [port = 0] = await freePorts(1);
    const { servers, failures } = setup({ addresses: { ipv4: ['0.0.0.0'], ipv6: ['::'] } });
    servers.update('ipv4', checks({ 'a/web': [port, 2] }));
    servers.update('ipv6', checks({ 'a/web': [port, 0] }));
    await servers.settled();
    expect([await who(port), await who(port, '::1')]).toEqual(['web:2', 'web:0']);
    servers.update('ipv4', checks({}));
    await servers.settled();
    expect([await who(port), await who(port, '::1')]).toEqual(['ECONNREFUSED', 'web:0']);
    expect(failures).toEqual([]);
  });

  it('listens at the given addresses only', async () => {
    const [port = 0] = await freePorts(1);
    const { servers } = setup({ addresses: { ipv4: ['127.0.0.1', '127.0.0.3'], ipv6: [] } });
    servers.update('ipv4', checks({ 'a/web': [port, 1] }));
    servers.update('ipv6', checks({ 'a/web': [port, 1] }));
    await servers.settled();
    const hosts = ['127.0.0.1', '127.0.0.2', '127.0.0.3', '::1'];
    expect(await Promise.all(hosts.map(host => who(port, host)))).toEqual([
      'web:1',
      'ECONNREFUSED',
      'web:1',
      'ECONNREFUSED',
    ]);
  });

  it('takes the last of many updates at once', async () => {
    const [one = 0, two = 0] = await freePorts(2);
    const { servers } = setup();
    for (let n = 0; n < 10; n++) servers.update('ipv4', checks({ 'a/web': [n % 2 ? one : two, n] }));
    await servers.settled();
    expect([await who(one), await who(two)]).toEqual(['web:9', 'ECONNREFUSED']);
  });

  it('closes the addresses opened before one that fails, tells of it once, and goes on with others', async () => {
    const [other = 0] = await freePorts(1);
    const { server: taken, port } = await occupy('127.0.0.2');
    const { servers, failures } = setup({ addresses: { ipv4: ['127.0.0.1', '127.0.0.2'], ipv6: [] } });
    const wanted = checks({ 'a/web': [port, 1], 'a/other': [other, 1] });
    servers.update('ipv4', wanted);
    await servers.settled();
    expect(await who(port)).toBe('ECONNREFUSED');
    expect(await who(other)).toBe('other:1');
    expect(failures).toEqual([
      { service: 'a/web', family: 'ipv4', port, error: expect.objectContaining({ code: 'EADDRINUSE' }) },
    ]);
    servers.update('ipv4', wanted);
    await servers.settled();
    expect(failures).toHaveLength(1);
    await release(taken);
    servers.update('ipv4', wanted);
    await servers.settled();
    expect([await who(port), await who(port, '127.0.0.2')]).toEqual(['web:1', 'web:1']);
  });

  it('tells of another port, and again of a Service that was gone meanwhile', async () => {
    const { server: taken, port } = await occupy('127.0.0.1');
    const { server: alsoTaken, port: another } = await occupy('127.0.0.1');
    const { servers, failures } = setup();
    for (const number of [port, another, undefined, another]) {
      servers.update('ipv4', checks(number === undefined ? {} : { 'a/web': [number, 1] }));
      await servers.settled();
    }
    expect(failures.map(failure => failure.port)).toEqual([port, another, another]);
    await Promise.all([release(taken), release(alsoTaken)]);
  });

  it('tries a taken port again every 5 s, by itself', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { server: taken, port } = await occupy('127.0.0.1');
    const { servers } = setup();
    servers.update('ipv4', checks({ 'a/web': [port, 1] }));
    await servers.settled();
    await vi.advanceTimersByTimeAsync(BIND_RETRY_MS);
    await servers.settled();
    expect(vi.getTimerCount()).toBe(1);
    await release(taken);
    await vi.advanceTimersByTimeAsync(BIND_RETRY_MS);
    await servers.settled();
    expect(await who(port)).toBe('web:1');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('closes all, and tries nothing again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const [port = 0] = await freePorts(1);
    const { server: taken, port: busy } = await occupy('127.0.0.1');
    const { servers } = setup();
    servers.update('ipv4', checks({ 'a/web': [port, 1], 'a/busy': [busy, 1] }));
    await servers.settled();
    expect(vi.getTimerCount()).toBe(1);
    await servers.close();
    expect(await who(port)).toBe('ECONNREFUSED');
    expect(vi.getTimerCount()).toBe(0);
    await release(taken);
  });
});
