import { readFileSync } from 'node:fs';

const KEPT = 300;

/**
 * The command line of a process that still lives, its arguments separated by blanks.
 * @returns undefined where it has ended, or is in a pid namespace that cannot be seen from here
 */
export function commandLineOf(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return text === '' ? undefined : text.slice(0, KEPT);
  } catch {
    return undefined;
  }
}
