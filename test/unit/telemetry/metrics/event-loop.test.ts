import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { createEventLoopMetrics } from '../../../../src/telemetry/metrics/event-loop.ts';

// A histogram that holds what a test puts in: the real one would need sleeping. In nanoseconds, interval included.
const histogram = vi.hoisted(() => ({
  enable: vi.fn<() => void>(),
  reset: vi.fn<() => void>(),
  count: 0,
  min: 2 ** 63,
  max: 0,
  mean: Number.NaN,
  percentile: () => 0,
}));
const monitorEventLoopDelay = vi.hoisted(() =>
  vi.fn<(options: { resolution: number }) => typeof histogram>(() => histogram),
);
vi.mock('node:perf_hooks', () => ({ monitorEventLoopDelay }));

const MS = 1e6;

async function scrape(): Promise<Record<string, number>> {
  const registry = new Registry();
  createEventLoopMetrics(registry);
  const metrics = await registry.getMetricsAsJSON();
  return Object.fromEntries(
    metrics.map(({ name, values }) => [name.slice('nodejs_eventloop_lag_'.length), values[0]?.value ?? Number.NaN]),
  );
}

beforeEach(() => void vi.clearAllMocks());

describe('createEventLoopMetrics', () => {
  it('shows 0 where nothing was measured yet', async () => {
    expect(await scrape()).toEqual({
      min_seconds: 0,
      max_seconds: 0,
      mean_seconds: 0,
      p50_seconds: 0,
      p90_seconds: 0,
      p99_seconds: 0,
    });
  });

  it('takes off the interval of the measurement, and starts anew with each scrape', async () => {
    Object.assign(histogram, {
      count: 3,
      min: 99.9 * MS,
      max: 350 * MS,
      mean: 120 * MS,
      percentile: (percentile: number) => (100 + percentile) * MS,
    });
    const seconds = await scrape();
    expect(monitorEventLoopDelay).toHaveBeenCalledWith({ resolution: 100 });
    expect(histogram.enable).toHaveBeenCalledTimes(1);
    expect(seconds['min_seconds']).toBe(0);
    expect(seconds['max_seconds']).toBeCloseTo(0.25);
    expect(seconds['mean_seconds']).toBeCloseTo(0.02);
    expect(seconds['p50_seconds']).toBeCloseTo(0.05);
    expect(seconds['p90_seconds']).toBeCloseTo(0.09);
    expect(seconds['p99_seconds']).toBeCloseTo(0.099);
    expect(histogram.reset).toHaveBeenCalledTimes(1);
  });
});
