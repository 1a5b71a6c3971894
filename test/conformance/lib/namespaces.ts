// The network namespaces and temporary directories of runs: their names, and removing them.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt } from './exec.ts';

const PREFIX = 'kpc';
const OWNED = new RegExp(`^${PREFIX}(\\d+)-[0-9a-f]{4}-`);
/** The programs that make namespaces; a process with the id in a name is taken for their owner only if it is one. */
const RUNNERS = /\b(?:run|scale|main)\.(?:ts|mjs)\b/;

/** The beginning of all names of a run: it tells the process that made them. */
export const newRunId = (): string => `${PREFIX}${process.pid}-${randomBytes(2).toString('hex')}`;

async function namespaces(): Promise<string[]> {
  const { stdout } = await attempt('ip', ['netns', 'list']);
  return stdout.split('\n').flatMap(line => line.split(' ')[0] || []);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}

async function remove(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const { stdout } = await attempt('ip', ['netns', 'pids', name]);
    for (const pid of stdout.split('\n').filter(Boolean)) kill(Number(pid));
    await attempt('ip', ['netns', 'del', name]);
  }
}

/** Ends every process that is left in the namespaces of a run, then removes them. */
export async function removeNamespaces(run: string): Promise<void> {
  await remove((await namespaces()).filter(name => name.startsWith(`${run}-`)));
}

function isOrphan(name: string): boolean {
  const [, pid] = OWNED.exec(name) ?? [];
  if (pid === undefined) return false;
  try {
    return !RUNNERS.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    return true;
  }
}

/** Removes what earlier runs left that were killed before they could clean up. Resolves to the names of it all. */
export async function sweep(): Promise<string[]> {
  const stale = (await namespaces()).filter(isOrphan);
  await remove(stale);
  const directories = (await readdir(tmpdir())).filter(isOrphan).map(name => join(tmpdir(), name));
  for (const directory of directories) await rm(directory, { recursive: true, force: true });
  return [...stale, ...directories];
}
