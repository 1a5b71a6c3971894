import { METHODS } from 'node:http';
import type { InjectOptions } from 'fastify';
import { describe, expect, it } from 'vitest';
import { createHealthServer } from '../../../src/server/health-server.ts';
import { HealthState } from '../../../src/telemetry/health-state.ts';
import { Readiness } from '../../../src/telemetry/readiness.ts';

const NOW_MS = Date.parse('2026-01-02T03:04:05.006Z');
const BODY =
  '{"lastUpdated":"2026-01-02T03:04:05.006Z","currentTime":"2026-01-02T03:04:05.006Z","nodeEligible":true,' +
  '"healthy":true,"status":{"IPv4":{"lastUpdated":"2026-01-02T03:04:05.006Z","healthy":true}}}';

function setup() {
  let nowMs = NOW_MS;
  const health = new HealthState({ healthTimeoutMs: 60_000, now: () => nowMs });
  health.setNodeEligible(true);
  health.updated('ipv4');
  const counted: string[] = [];
  const app = createHealthServer({
    health,
    readiness: new Readiness(),
    slis: { observeHealthCheck: () => undefined },
    metrics: {
      countHealthz: status => void counted.push(`healthz ${status}`),
      countLivez: status => void counted.push(`livez ${status}`),
    },
  });
  return { health, app, counted, pass: (seconds: number) => void (nowMs += seconds * 1000) };
}

describe('createHealthServer', () => {
  it('answers as kube-proxy: exact headers and body', async () => {
    const { app, counted } = setup();
    const answer = await app.inject('/healthz?verbose');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json',
      'x-content-type-options': 'nosniff',
      'content-length': String(BODY.length),
    });
    expect(answer.body).toBe(BODY);
    expect(counted).toEqual(['healthz 200']);
  });

  it('answers /livez without the node', async () => {
    const { app, health, counted } = setup();
    health.setNodeEligible(false);
    const answer = await app.inject('/livez');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.body).toBe(BODY.replace('"nodeEligible":true,', ''));
    expect((await app.inject('/healthz')).statusCode).toBe(503);
    expect(counted).toEqual(['livez 200', 'healthz 503']);
  });

  it('answers 503 with the same headers while a change waits too long', async () => {
    const { app, health, counted, pass } = setup();
    health.queuedUpdate('ipv4');
    pass(60);
    for (const path of ['/healthz', '/livez']) {
      const answer = await app.inject(path);
      expect(answer.statusCode).toBe(503);
      expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'x-content-type-options': 'nosniff' });
      expect(answer.json()).toMatchObject({ lastUpdated: '2026-01-02T03:04:05.006Z', healthy: false });
    }
    expect(counted).toEqual(['healthz 503', 'livez 503']);
  });

  // CONNECT asks for a tunnel: Node ends such a connection by itself.
  it.each(METHODS.filter(method => method !== 'CONNECT'))('answers %s', async method => {
    const { app } = setup();
    const answer = await app.inject({ method, url: '/healthz' } as InjectOptions);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-length']).toBe(String(BODY.length));
    expect(answer.body).toBe(method === 'HEAD' ? '' : BODY);
  });

  it.each([
    { name: 'a form', type: 'application/x-www-form-urlencoded', payload: 'a=1' },
    { name: 'broken JSON', type: 'application/json', payload: '{' },
    { name: 'a malformed content type', type: 'malformed', payload: 'x' },
    { name: 'a large body', type: 'text/plain', payload: 'x'.repeat(2 ** 21) },
  ])('does not care for the body: $name', async ({ type, payload }) => {
    const { app } = setup();
    const answer = await app.inject({ method: 'POST', url: '/healthz', headers: { 'content-type': type }, payload });
    expect(answer.statusCode).toBe(200);
  });

  it.each(['/', '/Readyz', '/readyz/none', '/healthz/', '/Healthz', '/metrics', '/livez/x'])(
    'knows nothing at %s',
    async path => {
      const { app, counted } = setup();
      const answer = await app.inject(path);
      expect(answer.statusCode).toBe(404);
      expect(answer.body).toBe('404 page not found\n');
      expect(answer.headers).toMatchObject({
        'content-type': 'text/plain; charset=utf-8',
        'x-content-type-options': 'nosniff',
      });
      expect(counted).toEqual([]);
    },
  );
});
