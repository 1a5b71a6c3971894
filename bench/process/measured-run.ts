import { spawn } from 'node:child_process';
import { descendants, parseCpu, peakBytes } from './proc-stat.ts';

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
/** Runs a program and then tells what the kernel has added to the shell for it: no other child is in that. */
const SHELL = '"$@" 3>&-; code=$?; read -r stat < /proc/$$/stat; echo "$stat" >&3; exit $code';

/**
 * Runs a program to its end and tells what it cost; CPU in steps of 10 ms (proc_pid_stat(5)).
 * @throws Error where it fails or does not end in time; then it is killed
 */
export async function measuredRun(file: string, args: readonly string[], timeoutMs = 600_000): Promise<Cost> {
  const began = performance.now();
  const child = spawn('sh', ['-c', SHELL, 'sh', file, ...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const { pid = 0 } = child;
  let [peak, stderr, stat] = [0, '', ''];
  child.stderr?.on('data', (chunk: Buffer) => {
    if (stderr.length < STDERR_KEPT) stderr += chunk.toString();
  });
  child.stdio[3]?.on('data', (chunk: Buffer) => {
    stat += chunk.toString();
  });
  const timer = setInterval(() => {
    for (const one of descendants(pid)) peak = Math.max(peak, peakBytes(one));
  }, SAMPLE_MS);
  const late = setTimeout(() => process.kill(-pid, 'SIGKILL'), timeoutMs);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    const seconds = (performance.now() - began) / 1000;
    if (code !== 0) {
      const how = code === null ? `killed after ${seconds.toFixed(0)} s` : `exit status ${code}`;
      throw new Error(`${file} ${args.join(' ')}: ${how}: ${stderr.trim()}`);
    }
    return { seconds, cpuSeconds: parseCpu(stat).children, peakBytes: peak };
  } finally {
    clearInterval(timer);
    clearTimeout(late);
  }
}
