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
      ? (await readdir(name))
          .filter(entry => MANIFEST.test(entry))
          .toSorted()
          .map(entry => join(name, entry))
      : [name];
    if (!paths.length) throw new Error(`${name}: no file in this folder ends in .yaml, .yml or .json`);
    for (const path of paths) texts.push({ file: path, text: await readFile(path, 'utf8') });
  }
  return texts;
}
