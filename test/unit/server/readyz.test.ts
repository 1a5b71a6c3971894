import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createFastifyApp } from '../../../src/server/fastify-app.ts';
import { addReadyz } from '../../../src/server/readyz.ts';
import { createSliMetrics } from '../../../src/telemetry/metrics/slis.ts';
import { Readiness } from '../../../src/telemetry/readiness.ts';

function setUp(problem?: string) {
  const readiness = new Readiness();
  let now = problem;
  readiness.add({ name: 'services-synced', problem: () => undefined });
  readiness.add({ name: 'kernel-compared', problem: () => now });
  const registry = new Registry();
  const app = createFastifyApp();
  addReadyz(app, { readiness, slis: createSliMetrics(registry) });
  return { readiness, registry, app, turn: (to: string | undefined) => void (now = to) };
}

const [SYNCED, COMPARED] = ['[+]services-synced ok\n', '[+]kernel-compared ok\n'];

describe('addReadyz', () => {
  it.each([
    { name: 'nothing more than ok where all is right', url: '/readyz', status: 200, body: 'ok' },
    {
      name: 'each check where that is asked for',
      url: '/readyz?verbose',
      status: 200,
      body: `${SYNCED}${COMPARED}readyz check passed\n`,
    },
    {
      name: 'each check, and why it fails, where one does',
      problem: 'not compared yet',
      url: '/readyz',
      status: 503,
      body: `${SYNCED}[-]kernel-compared failed: not compared yet\nreadyz check failed\n`,
    },
    {
      name: 'nothing of a check that is passed over',
      problem: 'not compared yet',
      url: '/readyz?verbose&exclude=kernel-compared',
      status: 200,
      body: `${SYNCED}[+]kernel-compared excluded: ok\nreadyz check passed\n`,
    },
    {
      name: 'that nobody knows what to pass over',
      problem: 'not compared yet',
      url: '/readyz?exclude=services-synced&exclude=etcd%0a',
      status: 503,
      body:
        '[+]services-synced excluded: ok\n[-]kernel-compared failed: not compared yet\n' +
        'warn: no check to exclude: "etcd\\n"\nreadyz check failed\n',
    },
    { name: 'one check', url: '/readyz/services-synced', problem: 'other', status: 200, body: 'ok' },
    { name: 'why one check fails', url: '/readyz/kernel-compared', problem: 'bad', status: 503, body: 'bad\n' },
    { name: 'nothing of a check that is not', url: '/readyz/etcd', status: 404, body: '404 page not found\n' },
  ])('tells $name', async ({ url, problem, status, body }) => {
    const { app } = setUp(problem);
    for (const method of ['GET', 'POST'] as const) {
      const answer = await app.inject({ method, url });
      expect(answer.body).toBe(body);
      expect(answer.statusCode).toBe(status);
      expect(answer.headers).toMatchObject({
        'content-type': 'text/plain; charset=utf-8',
        'x-content-type-options': 'nosniff',
      });
    }
  });

  it('says what is so at the moment, and counts it', async () => {
    const { app, registry, turn } = setUp('bad');
    expect((await app.inject('/readyz')).statusCode).toBe(503);
    turn(undefined);
    expect((await app.inject('/readyz')).statusCode).toBe(200);
    const slis = await registry.metrics();
    expect(slis).toContain('kubernetes_healthcheck{name="kernel-compared",type="readyz"} 1\n');
    expect(slis).toContain('kubernetes_healthchecks_total{name="kernel-compared",status="error",type="readyz"} 1\n');
    expect(slis).toContain('kubernetes_healthchecks_total{name="services-synced",status="success",type="readyz"} 2\n');
  });
});

describe('Readiness', () => {
  it('takes no two checks of one name', () => {
    const { readiness } = setUp();
    expect(() => readiness.add({ name: 'kernel-compared', problem: () => undefined })).toThrow('kernel-compared');
  });
});
