import { closeSync, existsSync, fstatSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { ScratchFile } from '../../../src/kernel/scratch-file.ts';
import { FakePrograms } from '../../fakes/fake-programs.ts';

/** Reads a descriptor to its end, and closes it. */
function contentOf(descriptor: number): string {
  const content = readFileSync(descriptor, 'utf8');
  closeSync(descriptor);
  return content;
}

describe('ScratchFile', () => {
  it('makes its directory, for this user alone, and leaves no file in it', () => {
    using folder = new FakePrograms();
    const directory = folder.file('run/sluice');
    const scratch = new ScratchFile(directory);
    expect(scratch.directory).toBe(directory);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    const descriptor = scratch.write('x');
    expect(fstatSync(descriptor).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual([]);
    closeSync(descriptor);
    scratch.close();
  });

  it.each([
    { name: 'a shorter text', texts: ['a long text', 'short'] },
    { name: 'an empty one', texts: ['something', ''] },
    { name: 'a longer one', texts: ['', 'x'.repeat(5_000_000)] },
    { name: 'more than ASCII', texts: ['ä€😀'] },
  ])('holds the last text and no more: $name', ({ texts }) => {
    using folder = new FakePrograms();
    const scratch = new ScratchFile(folder.path);
    const read = texts.map(text => contentOf(scratch.write(text)));
    expect(read).toEqual(texts);
    scratch.close();
  });

  it('gives each descriptor a position of its own', () => {
    using folder = new FakePrograms();
    const scratch = new ScratchFile(folder.path);
    const first = scratch.write('text');
    expect(contentOf(scratch.write('text'))).toBe('text');
    expect(contentOf(first)).toBe('text');
    scratch.close();
  });

  it('keeps two files apart in one directory', () => {
    using folder = new FakePrograms();
    const scratches = [new ScratchFile(folder.path), new ScratchFile(folder.path)] as const;
    const descriptors = [scratches[0].write('one'), scratches[1].write('two')];
    expect(descriptors.map(contentOf)).toEqual(['one', 'two']);
    for (const scratch of scratches) scratch.close();
  });

  it("takes the system's temporary directory where the wanted one cannot be", () => {
    using folder = new FakePrograms();
    const file = folder.file('no-directory');
    writeFileSync(file, '');
    const scratch = new ScratchFile(`${file}/run`);
    expect(scratch.directory).toBe(tmpdir());
    expect(contentOf(scratch.write('x'))).toBe('x');
    scratch.close();
  });

  it('names both directories where neither can be', () => {
    using folder = new FakePrograms();
    const file = folder.file('no-directory');
    writeFileSync(file, '');
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = `${file}/tmp`;
    try {
      expect(() => new ScratchFile(`${file}/run`)).toThrow(
        `no directory for scratch files: neither ${file}/run nor ${file}/tmp can be written`,
      );
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
    expect(existsSync(tmpdir())).toBe(true);
  });
});
