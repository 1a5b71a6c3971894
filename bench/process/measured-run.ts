import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpuSeconds, peakBytes } from './proc-stat.ts';

/** What one program cost from its start to its end. */
export interface Cost {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Largest resident memory of one process. */
  readonly peakBytes: number;
}

export const NO_COST: Cost = { seconds: 0, cpuSeconds: 0, peakBytes: 0 };

/** The cost of both, one after the other. */
export const addCost = (one: Cost, other: Cost): Cost => ({
  seconds: one.seconds + other.seconds,
  cpuSeconds: one.cpuSeconds + other.cpuSeconds,
  peakBytes: Math.max(one.peakBytes, other.peakBytes),
});

const SAMPLE_MS = 5;
const STDERR_KEPT = 2000;

/**
 * Runs a program to its end and tells what it cost. CPU is what the kernel adds to this process for a child that ended
 * (10 ms steps, proc_pid_stat(5)), so no other child may end meanwhile.
 * @throws Error where it fails or does not end in time; then it is killed
 */
export async function measuredRun(file: string, args: readonly string[], timeoutMs = 600_000): Promise<Cost> {
  const before = cpuSeconds(process.pid).children;
  const began = performance.now();
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let peak = 0;
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (stderr.length < STDERR_KEPT) stderr += chunk.toString();
  });
  const timer = setInterval(() => {
    peak = Math.max(peak, child.pid === undefined ? 0 : peakBytes(child.pid));
  }, SAMPLE_MS);
  const late = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const seconds = (performance.now() - began) / 1000;
    if (code !== 0)
      throw new Error(`${file} ${args.join(' ')}: ${code ?? `killed after ${seconds.toFixed(0)} s`} ${stderr.trim()}`);
    return { seconds, cpuSeconds: cpuSeconds(process.pid).children - before, peakBytes: peak };
  } finally {
    clearInterval(timer);
    clearTimeout(late);
  }
}

/** Share of all cores that were busy between two readings, from /proc/stat: for telling how noisy a measurement was. */
export class MachineLoad {
  #last = MachineLoad.#read();

  static #read(): { busy: number; all: number } {
    const [, ...numbers] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]!.split(/\s+/).map(Number);
    const all = numbers.slice(0, 8).reduce((sum, n) => sum + n, 0);
    return { busy: all - (numbers[3] ?? 0) - (numbers[4] ?? 0), all };
  }

  /** CPU seconds that the whole machine has spent since the last call. */
  busySeconds(): number {
    const now = MachineLoad.#read();
    const busy = now.busy - this.#last.busy;
    this.#last = now;
    return busy / 100;
  }
}
