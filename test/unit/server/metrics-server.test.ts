import { Gauge, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createMetricsServer } from '../../../src/server/metrics-server.ts';
import { createSliMetrics } from '../../../src/telemetry/metrics/slis.ts';

function setup({ enableProfiling = false } = {}) {
  const registry = new Registry();
  new Gauge({ registers: [registry], name: 'one', help: 'One.' }).set(1);
  const configuration = { kind: 'KubeProxyConfiguration', mode: 'nftables' };
  const sliRegistry = new Registry();
  const app = createMetricsServer({
    registry,
    sliRegistry,
    slis: createSliMetrics(sliRegistry),
    proxyMode: 'nftables',
    configuration: () => configuration,
    enableProfiling,
    flags: new Map([['config', '/c']]),
    status: { startMs: 0, now: () => 0, version: '1.36', runtime: 'none' },
    setVerbosity: () => undefined,
  });
  return { app, configuration };
}

describe('createMetricsServer', () => {
  it.each([
    { path: '/healthz', type: 'text/plain; charset=utf-8', sniff: 'nosniff', body: 'ok' },
    { path: '/proxyMode', type: 'text/plain; charset=utf-8', sniff: 'nosniff', body: 'nftables' },
    {
      path: '/configz',
      type: 'application/json',
      sniff: 'nosniff',
      body: '{"kubeproxy.config.k8s.io":{"kind":"KubeProxyConfiguration","mode":"nftables"}}',
    },
    {
      path: '/metrics',
      type: 'text/plain; version=0.0.4; charset=utf-8',
      sniff: undefined,
      body: '# HELP one One.\n# TYPE one gauge\none 1\n',
    },
  ])('$path', async ({ path, type, sniff, body }) => {
    const { app } = setup();
    const answer = await app.inject(path);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe(type);
    expect(answer.headers['x-content-type-options']).toBe(sniff);
    expect(answer.body).toBe(body);
  });

  it('counts the answers of /healthz at /metrics/slis', async () => {
    const { app } = setup();
    const before = await app.inject('/metrics/slis');
    expect(before.statusCode).toBe(200);
    expect(before.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(before.body).not.toContain('kubernetes_healthcheck{');
    await app.inject('/healthz');
    await app.inject('/healthz');
    const { body } = await app.inject('/metrics/slis');
    expect(body).toContain('kubernetes_healthcheck{name="ping",type="healthz"} 1\n');
    expect(body).toContain('kubernetes_healthchecks_total{name="ping",status="success",type="healthz"} 2\n');
  });

  it('shows the configuration as it is when asked', async () => {
    const { app, configuration } = setup();
    configuration.mode = 'ipvs';
    expect((await app.inject('/configz')).json()).toEqual({ 'kubeproxy.config.k8s.io': configuration });
  });

  const DEBUG_PATHS = ['/debug/pprof', '/debug/pprof/', '/debug/pprof/profile', '/debug/pprof/heap', '/debug/flags/v'];

  it.each(['/', '/no-such-path', '/livez', ...DEBUG_PATHS])('knows nothing at %s', async path => {
    const { app } = setup();
    for (const method of ['GET', 'PUT'] as const) {
      const answer = await app.inject({ method, url: path });
      expect(answer.statusCode).toBe(404);
      expect(answer.body).toBe('404 page not found\n');
    }
  });

  it('has the index of profiles only with enableProfiling', async () => {
    const { app } = setup({ enableProfiling: true });
    expect((await app.inject('/debug/pprof/')).statusCode).toBe(200);
    expect((await app.inject('/no-such-path')).statusCode).toBe(404);
  });
});
