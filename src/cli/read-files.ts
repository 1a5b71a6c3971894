import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { ManifestText } from '../kube/manifests.ts';

const MANIFEST = /\.(ya?ml|json)$/;

/**
 * Reads what `-f` names, as kubectl does: a file, a folder (its .yaml, .yml and .json files, not those in folders below), or `-`.
 * @throws Error that names the file
 */
export async function readFiles(names: readonly string[], stdin: NodeJS.ReadableStream): Promise<ManifestText[]> {
  const texts: ManifestText[] = [];
  for (const name of names) {
    if (name === '-') {
      texts.push({ file: 'standard input', text: await text(stdin) });
      continue;
    }
    const paths = (await stat(name)).isDirectory()
      ? (await readdir(name, { withFileTypes: true }))
          .filter(entry => MANIFEST.test(entry.name) && !entry.isDirectory())
          .map(entry => join(name, entry.name))
          .toSorted()
      : [name];
    if (!paths.length) throw new Error(`${name}: no file in this folder ends in .yaml, .yml or .json`);
    for (const path of paths) texts.push({ file: path, text: await readText(path) });
  }
  return texts;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // That of EISDIR does not name it.
    throw message.includes(path) ? error : new Error(`${path}: ${message}`, { cause: error });
  }
}
