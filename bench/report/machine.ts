import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';
import type { Machine } from './results.ts';

/** What a benchmark runs on. @throws Error where there is no nft */
export function describeMachine(nft: string): Machine {
  const version = execFileSync(nft, ['--version'], { encoding: 'utf8' });
  return {
    date: new Date().toISOString(),
    kernel: release(),
    cpu: cpus()[0]?.model ?? '',
    cores: cpus().length,
    memoryBytes: totalmem(),
    nft: /v([\d.]+)/.exec(version)?.[1] ?? version.trim(),
    node: process.version,
    loadAverage: [loadavg()[0] ?? 0],
  };
}

/** The same with the load average of now added. */
export const withLoadAverage = (machine: Machine): Machine => ({
  ...machine,
  loadAverage: [...machine.loadAverage, loadavg()[0] ?? 0],
});
