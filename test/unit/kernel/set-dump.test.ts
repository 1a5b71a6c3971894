import { spawn, type ChildProcess } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { dumpSets } from '../../../src/kernel/set-dump.ts';

const stdio = ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'];
const WHAT = { family: 'ip6', table: 'kube-proxy', sets: ['services', 'cluster-ips'] } as const;

/** With another program in the place of perl. */
function dump(
  program: (args: readonly string[]) => readonly [string, ...string[]],
  sets: readonly string[] = WHAT.sets,
): Promise<unknown> {
  const seen: string[] = [];
  const start = (_: string, args: readonly string[]): ChildProcess => {
    const [file, ...more] = program(args);
    return spawn(file, more, { stdio });
  };
  const visitor = { begin: (set: string) => void seen.push(set), element: () => void seen.push('element') };
  return dumpSets({ ...WHAT, sets }, visitor, start).then(() => seen);
}

/** An answer without elements: NLMSG_DONE. */
const DONE = String.raw`\024\0\0\0\003\0\002\0\001\0\0\0\0\0\0\0\0\0\0\0`;

describe('dumpSets', () => {
  it('asks for all sets of a family, and resolves when all were answered', async () => {
    let asked: readonly string[] = [];
    const seen = await dump(args => {
      asked = args;
      return ['printf', DONE + DONE];
    });
    expect(seen).toEqual(['services', 'cluster-ips']);
    expect(asked.slice(-4)).toEqual(['10', 'kube-proxy', 'services', 'cluster-ips']);
  });

  it('starts nothing where nothing is asked', async () => {
    expect(await dump(() => ['/nonexistent'], [])).toEqual([]);
  });

  it('says why there is no answer', async () => {
    await expect(dump(() => ['sh', '-c', 'echo no netlink socket >&2; exit 3'])).rejects.toThrow(
      'perl ended early: no netlink socket',
    );
    await expect(dump(() => ['sh', '-c', `printf '${DONE}'; exit 3`])).rejects.toThrow('perl ended early: 3');
    await expect(dump(() => ['sh', '-c', 'kill -9 $$'])).rejects.toThrow('perl ended early: SIGKILL');
    await expect(dump(() => ['/nonexistent/perl'])).rejects.toThrow('ENOENT');
  });

  it('ends a program that prints something else', async () => {
    await expect(dump(() => ['sh', '-c', 'printf "%040d" 1; exec sleep 60'])).rejects.toThrow('no netlink message');
  });
});
