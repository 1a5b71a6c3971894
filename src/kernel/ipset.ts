import { setTimeout } from 'node:timers/promises';
import { CommandError, runCommand } from './command.ts';

const TIMEOUT_MS = 60_000;

/**
 * Lists the names of the sets of this network namespace.
 * @returns undefined where there is no ipset program. @throws CommandError
 */
export async function listSets(): Promise<readonly string[] | undefined> {
  try {
    const printed = await runCommand('ipset', ['list', '-name'], { timeoutMs: TIMEOUT_MS });
    return printed.split('\n').filter(Boolean);
  } catch (error) {
    if (error instanceof CommandError && error.isMissing) return undefined;
    throw error;
  }
}

/** @returns a set with its entries, as ipset(8) restores it. @throws CommandError */
export const saveSet = (name: string): Promise<string> =>
  runCommand('ipset', ['save', name], { timeoutMs: TIMEOUT_MS });

/** The kernel lets go of a rule's set some time after the rule is gone. */
const RELEASE_ATTEMPTS = 10;
const RELEASE_WAIT_MS = 100;

/** Removes a set. @throws CommandError, such as where a rule still uses it after a second */
export async function destroySet(name: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await runCommand('ipset', ['destroy', name], { timeoutMs: TIMEOUT_MS });
      return;
    } catch (error) {
      const isBusy = error instanceof CommandError && error.stderr.includes('in use by a kernel component');
      if (!isBusy || attempt === RELEASE_ATTEMPTS) throw error;
      await setTimeout(RELEASE_WAIT_MS);
    }
  }
}
