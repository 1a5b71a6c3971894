import type { InjectOptions } from 'fastify';
import { describe, expect, it, vi } from 'vitest';
import { createFastifyApp } from '../../../src/server/fastify-app.ts';
import { addProfilingRoutes } from '../../../src/server/profiling.ts';

function setup() {
  const verbosities: number[] = [];
  const app = createFastifyApp();
  addProfilingRoutes(app, verbosity => void verbosities.push(verbosity));
  return { app, verbosities };
}

const SHORT = '/debug/pprof/profile?seconds=0.001';

describe('/debug/pprof', () => {
  it('has an index that links what there is', async () => {
    const { app } = setup();
    const { headers } = await app.inject('/debug/pprof');
    const index = await app.inject(String(headers['location']));
    expect(index.statusCode).toBe(200);
    expect(index.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(index.body).toContain('href="profile?seconds=30"');
    expect(index.body).toContain('href="heap"');
  });

  it('takes one CPU profile at a time', async () => {
    const { app } = setup();
    const first = app.inject('/debug/pprof/profile?seconds=0.02');
    const [answer, second] = await Promise.all([first, app.inject('/debug/pprof/profile?seconds=0.02')]);
    expect([answer.statusCode, second.statusCode]).toEqual([200, 409]);
    expect(answer.headers['content-disposition']).toContain('.cpuprofile');
    const profile = answer.json<{ nodes: unknown[]; startTime: number; endTime: number }>();
    expect(profile.nodes.length).toBeGreaterThan(0);
    expect(profile.endTime - profile.startTime).toBeGreaterThanOrEqual(15_000);
    expect((await app.inject('/debug/pprof/profile?seconds=0.01')).statusCode).toBe(200);
  });

  it('stops when the client goes away, and the next one may profile', async () => {
    const { app } = setup();
    const address = await app.listen({ host: '127.0.0.1', port: 0 });
    const gone = new AbortController();
    const answer = fetch(`${address}/debug/pprof/profile?seconds=60`, { signal: gone.signal });
    await vi.waitFor(async () => expect((await app.inject(SHORT)).statusCode).toBe(409), { interval: 5 });
    gone.abort();
    await expect(answer).rejects.toThrow('aborted');
    await vi.waitFor(async () => expect((await app.inject(SHORT)).statusCode).toBe(200), { interval: 5 });
    await app.close();
  });

  // A snapshot of the test runner's own heap: it may take a while, and is not kept.
  it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1'])('gives %s a heap snapshot', { timeout: 60_000 }, async address => {
    const { app } = setup();
    const answer = await app.inject({ url: '/debug/pprof/heap', remoteAddress: address, payloadAsStream: true });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-disposition']).toContain('.heapsnapshot');
    const stream = answer.stream();
    const [start]: unknown[] = await stream.take(1).toArray();
    stream.destroy();
    expect(String(start)).toMatch(/^\{"snapshot":/);
  });

  it.each(['192.168.7.10', '10.127.0.1', '2001:db8::1', '::ffff:10.0.0.1'])(
    'gives %s no heap snapshot, since secrets are in it',
    async address => {
      const { app } = setup();
      const options = { url: '/debug/pprof/heap', headers: { 'x-forwarded-for': '127.0.0.1' } };
      const answer = await app.inject({ ...options, remoteAddress: address });
      expect(answer.statusCode).toBe(403);
    },
  );
});

describe('/debug/flags/v', () => {
  it.each([
    { payload: '4', verbosity: 4 },
    { payload: '10\n', verbosity: 10 },
    { payload: '0', verbosity: 0 },
  ])('sets the verbosity to $verbosity', async ({ payload, verbosity }) => {
    const { app, verbosities } = setup();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await app.inject({ method: 'PUT', url: '/debug/flags/v', headers, payload });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe(`successfully set klog.logging.verbosity to ${verbosity}\n`);
    expect(verbosities).toEqual([verbosity]);
  });

  it.each([
    { name: 'nothing', options: { method: 'PUT', payload: '' }, status: 400 },
    { name: 'a word', options: { method: 'PUT', payload: 'debug' }, status: 400 },
    { name: 'a negative number', options: { method: 'PUT', payload: '-1' }, status: 400 },
    { name: 'a flood', options: { method: 'PUT', payload: '1'.repeat(100_000) }, status: 400 },
    { name: 'another method', options: { method: 'GET' }, status: 406 },
  ])('refuses $name', async ({ options, status }) => {
    const { app, verbosities } = setup();
    const answer = await app.inject({ url: '/debug/flags/v', ...options } as InjectOptions);
    expect(answer.statusCode).toBe(status);
    expect(answer.body.length).toBeLessThan(200);
    expect(verbosities).toEqual([]);
  });
});
