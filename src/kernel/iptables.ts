import { closeSync } from 'node:fs';
import { CommandError, runCommand } from './command.ts';
import type { ScratchFile } from './scratch-file.ts';

const TIMEOUT_MS = 120_000;
/**
 * How long another program that changes rules, kubelet or a CNI plugin, may keep its lock. Only the variant `legacy`
 * has one.
 */
const LOCK_WAIT_SECONDS = 10;

const COMMANDS = { ipv4: 'iptables', ipv6: 'ip6tables' } as const;

/**
 * Which kernel interface iptables uses; a node can have rules in both. A machine that does not tell them apart has the
 * last one only.
 */
export const IPTABLES_VARIANTS = ['-nft', '-legacy', ''] as const;
export type IptablesVariant = (typeof IPTABLES_VARIANTS)[number];

/**
 * Prints the rules of all tables that there are; makes none.
 * @returns in the format of iptables-save(8), or undefined where there is no such program
 * @throws CommandError
 */
export async function saveRules(family: 'ipv4' | 'ipv6', variant: IptablesVariant): Promise<string | undefined> {
  try {
    return await runCommand(`${COMMANDS[family]}${variant}-save`, [], { timeoutMs: TIMEOUT_MS });
  } catch (error) {
    if (error instanceof CommandError && error.isMissing) return undefined;
    throw error;
  }
}

/**
 * Changes rules, each table in one step; what is not named stays, with its counters.
 * @param text in the format of iptables-restore(8)
 * @throws CommandError; the table is as it was then
 */
export async function restoreRules(
  family: 'ipv4' | 'ipv6',
  variant: IptablesVariant,
  text: string,
  scratch: ScratchFile,
): Promise<void> {
  const stdin = scratch.write(text);
  try {
    const args = ['--noflush', `--wait=${LOCK_WAIT_SECONDS}`];
    await runCommand(`${COMMANDS[family]}${variant}-restore`, args, { stdin, timeoutMs: TIMEOUT_MS });
  } finally {
    closeSync(stdin);
  }
}
