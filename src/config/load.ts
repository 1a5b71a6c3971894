import { readFile } from 'node:fs/promises';
import type { FlagTexts } from './flag-values.ts';
import { ConfigurationError } from './problem.ts';
import { resolveConfiguration, type Resolved } from './resolve.ts';

/**
 * Reads the configuration file, if there is one, and makes the configuration in effect.
 * @param path of the file; undefined: the flags alone count
 * @throws ConfigurationError also where the file cannot be read
 */
export async function loadConfiguration(path: string | undefined, flags: FlagTexts): Promise<Resolved> {
  return resolveConfiguration(flags, path === undefined ? undefined : await readText(path));
}

/** Reads the text of the configuration file. @throws ConfigurationError where it cannot be read */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ConfigurationError([{ field: '--config', message }], { cause: error });
  }
}
