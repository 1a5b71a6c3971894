import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { runCommand } from './command.ts';

const pathOf = (name: string): string => `/proc/sys/${name}`;

/** @param name with slashes: `net/netfilter/nf_conntrack_max`. @throws Error where there is no such setting */
export async function readSysctl(name: string): Promise<number> {
  return Number((await readFile(pathOf(name), 'utf8')).trim());
}

/**
 * Sets a value, unless it is the same already: in a container that may not write, equal values are no failure.
 * @returns whether it was written. @throws Error that names the setting
 */
export async function ensureSysctl(name: string, value: number): Promise<boolean> {
  try {
    if ((await readSysctl(name)) === value) return false;
    await writeFile(pathOf(name), `${value}`);
    return true;
  } catch (error) {
    throw new Error(`sysctl ${name.replaceAll('/', '.')} cannot be set to ${value}`, { cause: error });
  }
}

/** Has the kernel load its connection tracking, whose settings are not there before. Where that fails, setting them tells. */
export async function loadConntrack(): Promise<void> {
  if (existsSync(pathOf('net/netfilter/nf_conntrack_max'))) return;
  await runCommand('conntrack', ['-C'], { timeoutMs: 10_000 }).catch(() => undefined);
}

const HASH_SIZE = '/sys/module/nf_conntrack/parameters/hashsize';

/** Makes the hash table of connection tracking at least so large. @throws Error */
export async function ensureConntrackHashSize(buckets: number): Promise<void> {
  try {
    const current = Number((await readFile(HASH_SIZE, 'utf8')).trim());
    if (current < buckets) await writeFile(HASH_SIZE, `${buckets}`);
  } catch (error) {
    throw new Error(`${HASH_SIZE} cannot be set to ${buckets}`, { cause: error });
  }
}
