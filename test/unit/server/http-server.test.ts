import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createFastifyApp, sendText } from '../../../src/server/fastify-app.ts';
import { BIND_RETRY_MS, startHttpServer } from '../../../src/server/http-server.ts';
import type { HttpServer, HttpServerOptions } from '../../../src/server/http-server.ts';
import { holdConnection, silentConnection } from './keep-alive.ts';
import { ask, occupy, release } from './sockets.ts';

const running: HttpServer[] = [];

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(running.splice(0).map(server => server.close()));
});

/** Starts a server that says hello, on a port of the kernel's choice unless told otherwise. */
function start(options: Partial<HttpServerOptions> = {}) {
  const app = createFastifyApp();
  app.all('/hello', (_, reply) => sendText(reply, 'hello'));
  const listening = Promise.withResolvers<AddressInfo>();
  const fatal = Promise.withResolvers<Error>();
  const failed = Promise.withResolvers<void>();
  const lines: string[] = [];
  const write = (line: string): void => {
    lines.push(line);
    if (line.includes('failed to listen')) failed.resolve();
  };
  const server = startHttpServer(app, {
    name: 'test',
    host: '127.0.0.1',
    port: 0,
    hardFail: false,
    log: pino({}, { write }),
    onFatal: fatal.resolve,
    onListening: listening.resolve,
    ...options,
  });
  running.push(server);
  return { server, app, lines, listening: listening.promise, fatal: fatal.promise, failed: failed.promise };
}

const hello = async (host: string, port: number): Promise<string> => (await ask(host, port, '/hello')).body;

describe('startHttpServer', () => {
  it.each([
    { name: 'IPv4 loopback', host: '127.0.0.1', ipv6Only: false, v4: 'hello', v6: 'ECONNREFUSED' },
    { name: 'all IPv4 addresses', host: '0.0.0.0', ipv6Only: false, v4: 'hello', v6: 'ECONNREFUSED' },
    { name: 'IPv6 loopback', host: '::1', ipv6Only: false, v4: 'ECONNREFUSED', v6: 'hello' },
    { name: 'all addresses of both families', host: '::', ipv6Only: false, v4: 'hello', v6: 'hello' },
    { name: 'all IPv6 addresses', host: '::', ipv6Only: true, v4: 'ECONNREFUSED', v6: 'hello' },
  ])('serves $name at $host, ipv6Only $ipv6Only', async ({ host, ipv6Only, v4, v6 }) => {
    const { listening, lines } = start({ host, ipv6Only });
    const { port } = await listening;
    expect(await hello('127.0.0.1', port)).toBe(v4);
    expect(await hello('::1', port)).toBe(v6);
    // Requests are not logged.
    expect(lines).toHaveLength(1);
  });

  it('tries a taken port again every 5 s, until it is free', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { server: taken, port } = await occupy('127.0.0.1');
    const { failed, listening, lines } = start({ port });
    await failed;
    expect(lines.join('')).toMatch(/EADDRINUSE.*will try again/);
    await vi.advanceTimersByTimeAsync(BIND_RETRY_MS);
    await vi.waitFor(() => expect(lines).toHaveLength(2), { interval: 1 });
    await release(taken);
    await vi.advanceTimersByTimeAsync(BIND_RETRY_MS);
    expect(await listening).toMatchObject({ port });
    expect(await hello('127.0.0.1', port)).toBe('hello');
    expect(vi.getTimerCount()).toBe(0);
    expect(BIND_RETRY_MS).toBe(5000);
  });

  it('tells of a taken port once with hardFail, and does not try again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { server: taken, port } = await occupy('127.0.0.1');
    const { fatal } = start({ port, hardFail: true });
    const error = await fatal;
    expect(error.message).toBe(`test server failed to listen on 127.0.0.1 port ${port}`);
    expect(error.cause).toMatchObject({ code: 'EADDRINUSE' });
    expect(vi.getTimerCount()).toBe(0);
    await release(taken);
  });

  it('gives the port back when closed, though clients hold connections', async () => {
    const { server, listening } = start();
    const { port } = await listening;
    const kept = await holdConnection(port);
    const silent = await silentConnection(port);
    await server.close();
    await Promise.all([kept.closed, silent.closed]);
    expect(await hello('127.0.0.1', port)).toBe('ECONNREFUSED');
    const { server: next } = await occupy('127.0.0.1', port);
    await release(next);
  });

  it('tries nothing again once closed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { server: taken, port } = await occupy('127.0.0.1');
    const { server, failed } = start({ port });
    await failed;
    await server.close();
    expect(vi.getTimerCount()).toBe(0);
    await release(taken);
  });

  it.each([
    { name: 'at once', until: (): unknown => undefined },
    { name: 'while it binds', until: (app: FastifyInstance): unknown => app.ready() },
  ])('can be closed before it listens: $name', async ({ until }) => {
    const { server: taken, port } = await occupy('127.0.0.1');
    await release(taken);
    const { server, app, lines } = start({ port });
    await until(app);
    await server.close();
    for (let n = 0; n < 5; n++) await new Promise(setImmediate);
    expect(await hello('127.0.0.1', port)).toBe('ECONNREFUSED');
    expect(lines).toEqual([]);
  });
});
