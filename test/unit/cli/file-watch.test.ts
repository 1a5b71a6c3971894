import type * as fs from 'node:fs';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync, type FSWatcher } from 'node:fs';
import type * as fsPromises from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FileWatch } from '../../../src/cli/file-watch.ts';

// What is watched, and how often it was looked at.
const seen = vi.hoisted(() => ({ watchers: new Map<FSWatcher, string>(), looks: 0 }));
vi.mock('node:fs', async importOriginal => {
  const original = await importOriginal<typeof fs>();
  const watch = (directory: string, listener: () => void): FSWatcher => {
    const watcher = original.watch(directory, listener);
    seen.watchers.set(watcher, directory);
    return watcher.on('close', () => void seen.watchers.delete(watcher));
  };
  return { ...original, watch };
});
vi.mock('node:fs/promises', async importOriginal => {
  const original = await importOriginal<typeof fsPromises>();
  const stat = (path: string) => {
    seen.looks += 1;
    return original.stat(path);
  };
  return { ...original, stat };
});

describe('FileWatch', () => {
  let directory: string;
  let watches: FileWatch[];
  let changes: number;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'file-watch-'));
    watches = [];
    changes = 0;
  });
  afterEach(() => {
    for (const watch of watches) watch.close();
    rmSync(directory, { recursive: true });
  });
  const at = (name: string): string => join(directory, name);
  /** Never looks by itself, but for what the test says. */
  const watch = async (path: string, pollMs = 2 ** 30): Promise<void> => {
    watches.push(new FileWatch({ path, onChange: () => (changes += 1), pollMs }));
    // Its first look has no event that could be waited for.
    await pause();
  };
  const pause = () => new Promise(resolve => setTimeout(resolve, 50));
  const told = async (what: () => void): Promise<void> => {
    const before = changes;
    what();
    await vi.waitFor(() => expect(changes).toBeGreaterThan(before), 4000);
  };

  it('tells of a file that is written in place, again and again', async () => {
    writeFileSync(at('a'), '1');
    await watch(at('a'));
    expect(changes).toBe(0);
    await told(() => writeFileSync(at('a'), '22'));
    await told(() => writeFileSync(at('a'), '33'));
  });

  it('tells of one that is renamed over, and of what is written to that then', async () => {
    writeFileSync(at('a'), '1');
    await watch(at('a'));
    await told(() => {
      writeFileSync(at('b'), '22');
      renameSync(at('b'), at('a'));
    });
    await told(() => writeFileSync(at('a'), '333'));
  });

  it('tells of one that is removed, and of one that comes', async () => {
    writeFileSync(at('a'), '1');
    await watch(at('a'));
    await told(() => rmSync(at('a')));
    await told(() => writeFileSync(at('a'), '1'));
  });

  it('tells of a new version of a ConfigMap: a link beside the file that is replaced', async () => {
    const publish = (version: string): void => {
      mkdirSync(at(`..${version}`));
      writeFileSync(at(`..${version}/a`), version);
      symlinkSync(`..${version}`, at('..data_tmp'));
      renameSync(at('..data_tmp'), at('..data'));
    };
    publish('1');
    symlinkSync('..data/a', at('a'));
    await watch(at('a'));
    for (const version of ['2', '3', '4']) await told(() => publish(version));
    // Nothing of what is no longer looked at stays watched.
    await vi.waitFor(() => expect([...seen.watchers.values()].toSorted()).toEqual([directory, at('..4')].toSorted()));
  });

  it('tells of a file elsewhere that the path is a link to', async () => {
    mkdirSync(at('elsewhere'));
    mkdirSync(at('here'));
    writeFileSync(at('elsewhere/a'), '1');
    symlinkSync('../elsewhere/a', at('here/a'));
    await watch(at('here/a'));
    await told(() => writeFileSync(at('elsewhere/a'), '22'));
  });

  it('says nothing of other files', async () => {
    writeFileSync(at('a'), '1');
    await watch(at('a'));
    writeFileSync(at('b'), '1');
    await pause();
    expect(changes).toBe(0);
    await told(() => {
      writeFileSync(at('c'), '22');
      renameSync(at('c'), at('a'));
    });
    const before = changes;
    writeFileSync(at('b'), '22');
    await pause();
    expect(changes).toBe(before);
  });

  it('looks by itself from time to time, where nothing is told', async () => {
    mkdirSync(at('later'));
    rmSync(at('later'), { recursive: true });
    // A directory that is not there cannot be watched.
    await watch(at('later/a'), 20);
    mkdirSync(at('later'));
    await told(() => writeFileSync(at('later/a'), '1'));
  });
  it('watches a directory again after that has failed', async () => {
    writeFileSync(at('a'), '1');
    await watch(at('a'), 20);
    const [failing] = [...seen.watchers.keys()];
    // As Node.js does at an error of the system.
    failing?.close();
    failing?.emit('error', new Error('ENOSPC'));
    await vi.waitFor(() => expect([seen.watchers.size, seen.watchers.has(failing!)]).toEqual([1, false]), 4000);
    await told(() => writeFileSync(at('a'), '22'));
  });

  it.each([
    ['while it looks for the first time', () => Promise.resolve()],
    ['later', pause],
  ])('does nothing any more where it is closed %s', async (_, until) => {
    writeFileSync(at('a'), '1');
    const closed = new FileWatch({ path: at('a'), onChange: () => (changes += 1), pollMs: 10 });
    await until();
    closed.close();
    await pause();
    const { looks } = seen;
    writeFileSync(at('a'), '22');
    await pause();
    expect(changes).toBe(0);
    expect(seen.looks).toBe(looks);
    expect(seen.watchers.size).toBe(0);
  });
});
