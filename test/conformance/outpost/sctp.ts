// SCTP, for which Node has no sockets: Python's do it (sctp.py), in a process of its own.

import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Sighting } from '../lib/sighting.ts';
import { classify } from './probes.ts';
import type { Attempt } from './probes.ts';
import type { ServeEntry } from './servers.ts';

const PROGRAM = fileURLToPath(new URL('sctp.py', import.meta.url));

export interface SctpProbe extends Attempt {
  readonly attempts: number;
  readonly parallel: number;
}

/** What sctp.py saw: an answer, or the code of an error. */
type Seen = Exclude<Sighting, { error: string }> | { readonly code: string; readonly local: string | undefined };

/** Whether this kernel has SCTP loaded, and this machine the Python to use it. */
export const hasSctp = (): boolean => existsSync('/proc/net/sctp') && spawnSync('python3', ['--version']).status === 0;

/** Starts sctp.py, feeds it and waits for a line; what it prints to standard error goes to ours. */
function start(
  mode: 'serve' | 'probe',
  argument: unknown,
): Promise<[ChildProcessByStdio<Writable, Readable, null>, string]> {
  return new Promise((resolve, reject) => {
    const child = spawn('python3', [PROGRAM, mode], { stdio: ['pipe', 'pipe', 'inherit'] });
    child.on('error', reject);
    child.on('exit', (code, signal) => reject(new Error(`sctp.py ${mode} ended (${signal ?? code})`)));
    createInterface({ input: child.stdout }).once('line', line => resolve([child, line]));
    child.stdin.on('error', () => {}); // It has ended; its exit status tells more.
    child.stdin.write(`${JSON.stringify(argument)}\n`);
  });
}

/** Starts all SCTP servers of an outpost, which end with it. Resolves to their number, once all of them listen. */
export async function serveSctp(entries: readonly ServeEntry[]): Promise<number> {
  const all = entries.flatMap(({ who, addresses, ports }) =>
    addresses.flatMap(address => ports.map(port => ({ who, address, port }))),
  );
  await start('serve', all);
  return all.length;
}

/** Makes `attempts` attempts, at most `parallel` at a time. */
export async function probeSctp(request: SctpProbe): Promise<Sighting[]> {
  const [child, line] = await start('probe', request);
  child.stdin.end();
  const seen: Seen[] = JSON.parse(line);
  return seen.map(one =>
    'code' in one ? { local: one.local, error: classify({ ...one, name: '', message: '' }) } : one,
  );
}
