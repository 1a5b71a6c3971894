import { closeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { runCommand } from './command.ts';
import type { ScratchFile } from './scratch-file.ts';

const TIMEOUT_MS = 120_000;

/**
 * Reads the kernel's list of virtual servers. Asks the kernel itself: ipvsadm would load the module first.
 * @param path of the list of this network namespace
 * @returns undefined where this kernel has no IPVS, or has not loaded it. @throws Error
 */
export async function readVirtualServers(path = '/proc/net/ip_vs'): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Runs commands of ipvsadm, one in each line. Its exit status tells of the last one only: whether they worked shows in
 * the kernel's list.
 * @throws CommandError
 */
export async function changeVirtualServers(lines: string, scratch: ScratchFile): Promise<void> {
  const stdin = scratch.write(lines);
  try {
    await runCommand('ipvsadm', ['-R'], { stdin, timeoutMs: TIMEOUT_MS });
  } finally {
    closeSync(stdin);
  }
}
