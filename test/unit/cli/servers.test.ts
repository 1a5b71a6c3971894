import { Counter, Registry } from 'prom-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { startServers } from '../../../src/cli/servers.ts';
import type * as httpServer from '../../../src/server/http-server.ts';
import { HealthState } from '../../../src/telemetry/health-state.ts';
import { Readiness } from '../../../src/telemetry/readiness.ts';
import { configuration } from '../../support/configuration.ts';
import { keptLog } from '../../support/log-lines.ts';
import { ask, freePorts, occupy, release, type Answer } from '../server/sockets.ts';

// They are started for good: what closes them is kept here.
const running = vi.hoisted((): { close(): Promise<void> }[] => []);
vi.mock('../../../src/server/http-server.ts', async importOriginal => {
  const original = await importOriginal<typeof httpServer>();
  const startHttpServer: typeof httpServer.startHttpServer = (app, options) => {
    const server = original.startHttpServer(app, options);
    running.push(server);
    return server;
  };
  return { ...original, startHttpServer };
});

afterEach(async () => {
  await Promise.all(running.splice(0).map(server => server.close()));
});

function start(fields: string) {
  const registry = new Registry();
  new Counter({ registers: [registry], name: 'some_total', help: 'x' }).inc(7);
  const log = keptLog();
  const fatal = Promise.withResolvers<Error>();
  const verbosities: number[] = [];
  const readiness = new Readiness();
  readiness.add({ name: 'tested', problem: () => undefined });
  startServers({
    configuration: configuration(fields),
    current: () => configuration(fields),
    registry,
    health: new HealthState({ healthTimeoutMs: 1000, now: () => 0 }),
    readiness,
    flags: new Map(),
    setVerbosity: verbosity => void verbosities.push(verbosity),
    logger: log.logger,
    onFatal: fatal.resolve,
  });
  const listening = (count: number): Promise<void> =>
    vi.waitFor(
      () => {
        expect(log.lines.filter(line => line.includes('is listening'))).toHaveLength(count);
      },
      { timeout: 4000 },
    );
  return { log, fatal: fatal.promise, verbosities, listening };
}

/** The configuration of both servers on free ports. */
async function twoPorts(): Promise<{ health: number; metrics: number; fields: string }> {
  const [health = 0, metrics = 0] = await freePorts(2);
  return {
    health,
    metrics,
    fields: `{healthzBindAddress: "127.0.0.1:${health}", metricsBindAddress: "127.0.0.1:${metrics}"`,
  };
}

describe('startServers', () => {
  it('serves health at the one address and all else at the other', async () => {
    const { health, metrics, fields } = await twoPorts();
    const { listening } = start(`${fields}}`);
    await listening(2);
    const status = async (port: number, path: string): Promise<Answer['status']> =>
      (await ask('127.0.0.1', port, path)).status;
    expect(await status(health, '/livez')).toBe(200);
    expect(await status(health, '/metrics')).toBe(404);
    expect((await ask('127.0.0.1', metrics, '/proxyMode')).body).toBe('nftables');
    expect((await ask('127.0.0.1', health, '/readyz?verbose')).body).toBe('[+]tested ok\nreadyz check passed\n');
    const { body } = await ask('127.0.0.1', metrics, '/metrics');
    expect(body).toContain('sluice_ready{check="tested"} 1');
    const slis = await ask('127.0.0.1', metrics, '/metrics/slis');
    expect(slis.body).toContain('kubernetes_healthcheck{name="tested",type="readyz"} 1');
    expect(body).toContain('some_total 7');
    expect(body).toContain('kubeproxy_proxy_livez_total{code="200"} 1');
    expect(JSON.parse((await ask('127.0.0.1', metrics, '/configz')).body)).toMatchObject({
      'kubeproxy.config.k8s.io': { kind: 'KubeProxyConfiguration', metricsBindAddress: `127.0.0.1:${metrics}` },
    });
  });

  it('shows how to debug only where that was asked for', async () => {
    const plain = await twoPorts();
    const first = start(`${plain.fields}}`);
    await first.listening(2);
    expect(await ask('127.0.0.1', plain.metrics, '/debug/flags/v', 'PUT', '4')).toMatchObject({ status: 404 });
    const profiled = await twoPorts();
    const second = start(`${profiled.fields}, enableProfiling: true, mode: ipvs}`);
    await second.listening(2);
    expect(await ask('127.0.0.1', profiled.metrics, '/debug/flags/v', 'PUT', '4')).toMatchObject({ status: 200 });
    expect((await ask('127.0.0.1', profiled.metrics, '/proxyMode')).body).toBe('ipvs');
    expect([first.verbosities, second.verbosities]).toEqual([[], [4]]);
  });

  it('goes on without a port that is taken', async () => {
    const { server, port } = await occupy('127.0.0.1');
    const [metrics = 0] = await freePorts(1);
    const { log, listening } = start(
      `{healthzBindAddress: "127.0.0.1:${port}", metricsBindAddress: "127.0.0.1:${metrics}"}`,
    );
    await listening(1);
    expect(log.records).toContainEqual(expect.objectContaining({ level: 'error', server: 'healthz', port }));
    await release(server);
  });

  it('tells of it instead with bindAddressHardFail', async () => {
    const { server, port } = await occupy('127.0.0.1');
    const [health = 0] = await freePorts(1);
    const addresses = `healthzBindAddress: "127.0.0.1:${health}", metricsBindAddress: "127.0.0.1:${port}"`;
    const { fatal } = start(`{${addresses}, bindAddressHardFail: true}`);
    expect((await fatal).message).toBe(`metrics server failed to listen on 127.0.0.1 port ${port}`);
    await release(server);
  });
});
