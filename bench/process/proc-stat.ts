// What processes cost, from /proc (proc_pid_stat(5), proc_pid_status(5)).

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Clock ticks a second, as the kernel shows them to programs on every architecture that we run on. */
const TICKS = 100;

/** CPU seconds: of the process itself, of the children that have ended, and of both. */
export interface Cpu {
  readonly own: number;
  readonly children: number;
  readonly together: number;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // The process has ended.
  }
}

/** CPU seconds so far, in steps of 10 ms; zeros once the process is gone. */
export const cpuSeconds = (pid: number): Cpu => parseCpu(read(`/proc/${pid}/stat`));

/** Reads the CPU seconds from the text of a `stat` file. */
export function parseCpu(text: string): Cpu {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const ticks = (index: number): number => Number(fields[index] ?? 0) || 0;
  const own = (ticks(11) + ticks(12)) / TICKS;
  const children = (ticks(13) + ticks(14)) / TICKS;
  return { own, children, together: own + children };
}

/** Whether a process waits for something; true once it is gone. */
export function isAsleep(pid: number): boolean {
  const text = read(`/proc/${pid}/stat`);
  return text === '' || text.slice(text.lastIndexOf(')') + 2).startsWith('S');
}

function kilobytes(pid: number, field: string): number {
  const text = read(`/proc/${pid}/status`);
  const at = text.indexOf(`${field}:`);
  return at < 0 ? 0 : Number.parseInt(text.slice(at + field.length + 1), 10) * 1024;
}

/** Resident bytes; 0 once the process is gone. */
export const residentBytes = (pid: number): number => kilobytes(pid, 'VmRSS');

/** The most bytes that were ever resident; 0 once the process is gone. */
export const peakBytes = (pid: number): number => kilobytes(pid, 'VmHWM');

/** The processes that a process has started and theirs, as of now; needs CONFIG_PROC_CHILDREN, as Debian's kernels have. */
export function descendants(pid: number): readonly number[] {
  let threads: string[];
  try {
    threads = readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
  const children = threads.flatMap(tid =>
    read(`/proc/${pid}/task/${tid}/children`).split(' ').filter(Boolean).map(Number),
  );
  return children.flatMap(child => [child, ...descendants(child)]);
}

/** The program that a process runs; empty once it is gone. */
export function programOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return '';
  }
}
