import { Registry } from 'prom-client';
import { describe, expect, it, vi } from 'vitest';
import type { TrafficIncrement } from '../../../src/backend/traffic.ts';
import { createMetricsServer } from '../../../src/server/metrics-server.ts';
import { createProcessMetrics } from '../../../src/telemetry/metrics/process.ts';
import { createServiceTrafficMetrics } from '../../../src/telemetry/metrics/service-traffic.ts';
import { ServiceTraffic } from '../../../src/telemetry/service-traffic.ts';
import { keptLog } from '../../support/log-lines.ts';
import { createAllMetrics, metricCases } from '../telemetry/metrics/metric-cases.ts';

const SERVICES = 10_000;
const SCRAPES = 20;

/** Traffic at each of 10,000 Services, forwarded and turned away. */
const increments = Array.from({ length: SERVICES }, (_, i) =>
  (['forwarded', 'rejected'] as const).map((outcome): TrafficIncrement => ({
    family: 'ipv4',
    service: `namespace-${i % 100}/a-service-with-a-name-of-some-length-${i}`,
    port: 'http',
    protocol: 'TCP',
    outcome,
    packets: i + 1,
  })),
).flat();

/** The metrics of the whole program, and readings of counters that end when the test says so. */
function setUp() {
  const registry = new Registry();
  createProcessMetrics(registry, { version: '0', revision: '' });
  const all = createAllMetrics(registry);
  for (const { act } of metricCases) act(all);
  for (const name of registry.getMetricsAsArray().map(metric => metric.name))
    if (name.startsWith('sluice_service_')) registry.removeSingleMetric(name);
  const asked: PromiseWithResolvers<readonly TrafficIncrement[]>[] = [];
  let nowMs = 0;
  const traffic = new ServiceTraffic({
    source: {
      readIncrements: () => {
        const reading = Promise.withResolvers<readonly TrafficIncrement[]>();
        asked.push(reading);
        return reading.promise;
      },
      has: () => true,
    },
    now: () => nowMs,
    logger: keptLog().logger,
  });
  createServiceTrafficMetrics(registry, traffic);
  const app = createMetricsServer({
    registry,
    sliRegistry: new Registry(),
    slis: { observeHealthCheck: () => undefined },
    proxyMode: 'nftables',
    configuration: () => ({}),
    enableProfiling: false,
    flags: undefined,
    status: undefined,
    setVerbosity: () => undefined,
  });
  const scrape = async (): Promise<string> => (await app.inject('/metrics')).body;
  return { scrape, asked, traffic, pass: (ms: number) => void (nowMs += ms) };
}

describe('a scrape of /metrics', () => {
  it('does not wait for the kernel', async () => {
    const { scrape, asked } = setUp();
    // The reading that it asks for never ends.
    expect(await scrape()).toContain('sluice_service_counters_read_timestamp_seconds 0\n');
    expect(await scrape()).not.toContain('sluice_service_connections_total{');
    expect(asked).toHaveLength(1);
  });

  it('shows what the reading after the one before has found', async () => {
    const { scrape, asked, traffic, pass } = setUp();
    await scrape();
    asked[0]!.resolve(increments.slice(0, 1));
    await vi.waitFor(() => expect(traffic.reading).toBeDefined());
    pass(60_000);
    const sample = /^sluice_service_connections_total\{.*service_name="a-service-with-a-name-of-some-length-0".*\} 1$/m;
    expect(await scrape()).toMatch(sample);
    expect(asked).toHaveLength(2);
  });

  it('costs 100 ms of CPU at most, and is some hundred kilobytes, with traffic at 10,000 Services', async () => {
    const { scrape, asked, traffic } = setUp();
    await scrape();
    asked[0]!.resolve(increments);
    await vi.waitFor(() => expect(traffic.reading).toBeDefined());
    const text = await scrape();
    const series = text.split('\n').filter(line => line.startsWith('sluice_service_') && line.includes('{'));
    expect(series).toHaveLength(2 * (1000 + 1));
    expect(text.length).toBeLessThan(700_000);
    const other = series.find(line => line.startsWith('sluice_service_connections_total') && line.includes('(other)'));
    const beyond = increments.filter(({ outcome }) => outcome === 'forwarded').slice(1000);
    expect(Number(other?.split(' ').at(-1))).toBe(beyond.reduce((sum, { packets }) => sum + packets, 0));

    const before = process.cpuUsage();
    for (let i = 0; i < SCRAPES; i += 1) await scrape();
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000 / SCRAPES).toBeLessThan(100);
  });
});
