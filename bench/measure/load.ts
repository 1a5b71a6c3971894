import { cpuBetween } from '../proxy/usage.ts';
import type { Usage } from '../proxy/usage.ts';
import type { LoadResult } from '../report/results.ts';
import { untilQuiet } from './quiet.ts';
import type { Stage } from './stage.ts';

/**
 * While a proxy loads, so many are asked at a time, so often: some hundred packets a second, 5 % of a core. What is dropped is asked for
 * again soon, since the time is known no better than that.
 */
const PROBING = { width: 8, paceMs: 20, answerMs: 50 };
/** For asking every Service once, when all should be there. */
const SWEEP = { width: 32 };

export const secondsBetween = (from: bigint, to: bigint): number => Number(to - from) / 1e9;

/**
 * From the start of the process to the moment when all sampled Services are answered; then every Service is asked. Those
 * that were missed count: the load ends when the last of them is answered.
 */
export async function measureLoad(
  stage: Stage,
  usage: Usage,
  startedAt: bigint,
  withinSeconds: number,
): Promise<LoadResult> {
  const programmed = async (numbers: readonly number[]): Promise<bigint> => {
    const times = await stage.answered(numbers, { ...PROBING, timeoutMs: withinSeconds * 1000 });
    return times.reduce((a, b) => (a > b ? a : b), 0n);
  };
  let programmedAt = await programmed(stage.cluster.sampled);
  const cpu = usage.cpu;
  const { peak } = usage;
  const missing = await stage.prober.call('missing', {
    targets: stage.cluster.services.map(i => stage.target(i)),
    ...SWEEP,
  });
  if (missing.length) programmedAt = await programmed(missing);
  const atEnd = usage.cpu;
  await untilQuiet(usage);
  return {
    seconds: secondsBetween(startedAt, programmedAt),
    cpu: missing.length ? atEnd : cpu,
    missedBySample: missing.length,
    /** What was still to do when all packets were answered. */
    afterwardsCpuSeconds: cpuBetween(atEnd, usage.cpu).together,
    peak: missing.length ? usage.peak : peak,
  };
}
