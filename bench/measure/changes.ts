import { setTimeout as sleep } from 'node:timers/promises';
import { cpuBetween } from '../proxy/usage.ts';
import type { Usage } from '../proxy/usage.ts';
import type { BurstResult, ChangeResult } from '../report/results.ts';
import { untilQuiet } from './quiet.ts';
import type { Stage } from './stage.ts';

const WITHIN_MS = 120_000;
/** A single change is looked for without a pause but for this, so that it is seen within a millisecond or two. */
const PACE_MS = 1;
const BURST_PROBING = { width: 8, paceMs: 2 };

export interface ChangeOptions {
  readonly changes: number;
  readonly pauseMs: number;
  readonly burst: number;
}

/** The value below which a share of all values lies. @param sorted ascending */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;

const milliseconds = (from: bigint, to: bigint): number => Number(to - from) / 1e6;

/** Replaces one endpoint of one Service, again and again: time from the event to the first packet that follows, and CPU. */
export async function measureChanges(
  stage: Stage,
  usage: Usage,
  { changes, pauseMs }: ChangeOptions,
): Promise<ChangeResult> {
  await untilQuiet(usage);
  const { sampled } = stage.cluster;
  const before = usage.cpu;
  const began = performance.now();
  const latencies: number[] = [];
  for (let n = 0; n < changes; n += 1) {
    const i = sampled[n % sampled.length] ?? 0;
    const at = await stage.change([i]);
    const [seen = at] = await stage.answered([i], { width: 1, paceMs: PACE_MS, timeoutMs: WITHIN_MS });
    latencies.push(milliseconds(at, seen));
    // Not in step with any timer of the proxy.
    await sleep(pauseMs * (0.75 + Math.random() / 2));
  }
  const seconds = (performance.now() - began) / 1000;
  await untilQuiet(usage);
  const spent = cpuBetween(before, usage.cpu);
  latencies.sort((a, b) => a - b);
  return {
    changes,
    p50Ms: quantile(latencies, 0.5),
    p90Ms: quantile(latencies, 0.9),
    p99Ms: quantile(latencies, 0.99),
    maxMs: latencies.at(-1) ?? Number.NaN,
    cpuMs: (1000 * spent.together) / changes,
    childrenCpuMs: (1000 * spent.children) / changes,
    seconds,
  };
}

/** Replaces one endpoint of each of many Services at once, sampled ones spread evenly among them and one at the end. */
export async function measureBurst(stage: Stage, usage: Usage, { burst }: ChangeOptions): Promise<BurstResult> {
  const { cluster } = stage;
  const count = Math.min(burst, cluster.size.services);
  const watched = cluster.sampled.filter((_, n) => n % 4 === 3);
  const others = cluster.services.filter(i => !cluster.isSampled(i));
  const step = others.length / Math.max(1, count - watched.length);
  const chosen = Array.from({ length: count - watched.length }, (_, n) => others[Math.floor(n * step)] ?? 0);
  const numbers = [...chosen, ...watched].toSorted((a, b) => a - b);

  await untilQuiet(usage);
  const before = usage.cpu;
  const at = await stage.change(numbers);
  const times = await stage.answered(watched, { ...BURST_PROBING, timeoutMs: WITHIN_MS });
  const ms = times.map(time => milliseconds(at, time)).toSorted((a, b) => a - b);
  await untilQuiet(usage);
  const spent = cpuBetween(before, usage.cpu);
  return {
    services: count,
    firstMs: ms[0] ?? Number.NaN,
    seconds: (ms.at(-1) ?? Number.NaN) / 1000,
    cpuSeconds: spent.together,
  };
}
