import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OwnProcesses } from '../../../src/kernel/own-processes.ts';

describe('OwnProcesses', () => {
  let directory: string;
  let now: number;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'own-processes-'));
    now = 1000;
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const make = (sees: boolean, program = '/bin/sh'): OwnProcesses =>
    new OwnProcesses(program, directory, sees, () => now);

  describe('where pids are those that the kernel tells', () => {
    it('knows its own by their pid, while they run and for a while after', () => {
      const processes = make(true);
      expect(processes.executable).toBeUndefined();
      processes.started(7);
      expect(processes.made({ pid: 7, program: 'nft' })).toBe(true);
      expect(processes.made({ pid: 8, program: 'nft' })).toBe(false);
      processes.ended(7);
      now += 9000;
      expect(processes.made({ pid: 7, program: 'nft' })).toBe(true);
      now += 2000;
      expect(processes.made({ pid: 7, program: 'nft' })).toBe(false);
    });

    it('takes all that comes while it writes for its own until it has recognised one, and no longer', () => {
      const processes = make(true);
      const wrapped = { pid: 70, program: 'nft' };
      expect(processes.made(wrapped)).toBe(false);
      processes.started(7);
      expect(processes.made(wrapped)).toBe(true);
      processes.ended(7);
      now += 100;
      expect(processes.made(wrapped)).toBe(true);
      now += 200;
      expect(processes.made(wrapped)).toBe(false);
      processes.started(8);
      expect(processes.made({ pid: 8, program: 'nft' })).toBe(true);
      expect(processes.made(wrapped)).toBe(false);
    });
  });

  describe('where they are not', () => {
    it.each([['/bin/sh'], ['sh']])('starts %s by a name of its own, and knows its own by that', program => {
      const processes = make(false, program);
      const { executable = '' } = processes;
      expect(basename(executable)).toMatch(/^sluice-[0-9a-f]{8}$/);
      expect(basename(readlinkSync(executable))).toBe('sh');
      processes.started(7);
      expect(processes.made({ pid: 4711, program: basename(executable) })).toBe(true);
      expect(processes.made({ pid: 7, program: 'nft' })).toBe(false);
      processes.close();
      expect(existsSync(executable)).toBe(false);
    });

    it('never has the name of another one, so that two in one network namespace are told apart', () => {
      const [a, b] = [make(false), make(false)];
      expect(a.executable).not.toBe(b.executable);
      expect(a.made({ pid: 1, program: basename(b.executable!) })).toBe(false);
      a.close();
      b.close();
    });

    it('does without a link where none can be made', () => {
      const processes = new OwnProcesses('/bin/sh', join(directory, 'nowhere'), false, () => now);
      expect(processes.executable).toBeUndefined();
    });

    it('does without a program that is not there', () => {
      expect(make(false, 'no-such-program').executable).toBeUndefined();
      expect(readdirSync(directory)).toEqual([]);
    });
  });
});
