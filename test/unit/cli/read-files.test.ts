import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFiles } from '../../../src/cli/read-files.ts';
import { FakePrograms } from '../../fakes/fake-programs.ts';

describe('readFiles', () => {
  let folder: FakePrograms;
  beforeEach(() => {
    folder = new FakePrograms();
    folder.write('b.yaml', 'b');
    folder.write('a.yml', 'a');
    folder.write('c.json', 'c');
    folder.write('d.txt', 'd');
    folder.write('e.yaml.bak', 'e');
    mkdirSync(folder.file('below.d'));
    folder.write('below.d/f.yaml', 'f');
  });
  afterEach(() => folder[Symbol.dispose]());

  /** The files that were read, below the folder, with their texts. */
  const read = async (names: readonly string[], stdin = ''): Promise<string[]> => {
    const texts = await readFiles(names, Readable.from([stdin]));
    return texts.map(({ file, text }) => `${file.replace(`${folder.path}/`, '')}: ${text}`);
  };

  it('reads files of any name, in the order in which they were named', async () => {
    expect(await read([folder.file('d.txt'), folder.file('a.yml')])).toEqual(['d.txt: d', 'a.yml: a']);
  });

  it('reads the manifests of a folder, sorted, and not those below it', async () => {
    expect(await read([folder.path])).toEqual(['a.yml: a', 'b.yaml: b', 'c.json: c']);
  });

  it('reads the standard input', async () => {
    expect(await read([folder.file('a.yml'), '-'], 'from stdin')).toEqual(['a.yml: a', 'standard input: from stdin']);
  });

  it('reads nothing where nothing is named', async () => {
    expect(await read([])).toEqual([]);
  });

  it('names what is not there, and a folder without manifests', async () => {
    await expect(read([folder.file('nowhere.yaml')])).rejects.toThrow(folder.file('nowhere.yaml'));
    mkdirSync(folder.file('empty'));
    await expect(read([folder.file('empty')])).rejects.toThrow(
      `${folder.file('empty')}: no file in this folder ends in .yaml, .yml or .json`,
    );
  });

  it('does not take a folder for a manifest, whatever its name', async () => {
    mkdirSync(folder.file('aa.yaml'));
    expect(await read([folder.path])).toEqual(['a.yml: a', 'b.yaml: b', 'c.json: c']);
  });

  it('names what is in a folder and cannot be read', async () => {
    symlinkSync(folder.file('below.d'), folder.file('link.yaml'));
    await expect(read([folder.path])).rejects.toThrow(`${folder.file('link.yaml')}: EISDIR`);
    rmSync(folder.file('link.yaml'));
    symlinkSync(folder.file('nowhere'), folder.file('link.yaml'));
    await expect(read([folder.path])).rejects.toThrow(folder.file('link.yaml'));
  });
});
