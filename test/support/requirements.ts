import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const hasCommand = (command: string): boolean => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

/** What keeps a kernel test from running on this machine, by name; empty where nothing does. */
export function lacking(...commands: string[]): string[] {
  return [...(process.getuid?.() === 0 ? [] : ['root']), ...commands.filter(command => !hasCommand(command))];
}

/**
 * Whether tests that need root and these commands are to be skipped. Says so by name; in CI it throws instead, since a test that
 * cannot run there is a failure.
 */
export function mustSkip(what: string, ...commands: string[]): boolean {
  const missing = lacking(...commands);
  if (!missing.length) return false;
  const message = `${what}: this machine lacks ${missing.join(', ')}`;
  if (process.env['CI']) throw new Error(message);
  console.warn(`skipped: ${message}`);
  return true;
}

export interface NftVariant {
  readonly name: string;
  readonly path: string;
}

/** The machine's nft, and those of other Debian releases that scripts/nft-of has unpacked. In CI another one must be there. */
export function nftVariants(): NftVariant[] {
  const cache = join(import.meta.dirname, '../../.cache');
  const others = existsSync(cache)
    ? readdirSync(cache)
        .filter(name => name.startsWith('nft-') && existsSync(join(cache, name, 'nft')))
        .map(name => ({ name, path: join(cache, name, 'nft') }))
    : [];
  if (!others.length && process.env['CI']) throw new Error('no second nft: run scripts/nft-of trixie');
  return [{ name: "the machine's nft", path: 'nft' }, ...others];
}
