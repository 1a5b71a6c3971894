import { closeSync, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CommandError, runCommand } from '../../../src/kernel/command.ts';
import { FakePrograms } from '../../fakes/fake-programs.ts';

const sh = (script: string, timeoutMs = 10_000): Promise<string> => runCommand('sh', ['-c', script], { timeoutMs });

/** What a command fails with. */
async function failure(running: Promise<unknown>): Promise<CommandError> {
  const error = await running.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (error instanceof CommandError) return error;
  throw new Error(`no CommandError, but ${String(error)}`);
}

describe('runCommand', () => {
  it.each([
    ['printf "a\\nb\\n"', 'a\nb\n'],
    ['printf "a"', 'a'],
    ['true', ''],
    ['echo warning >&2; echo done', 'done\n'],
    ['echo $LC_ALL', 'C\n'],
  ])('%s: gives what was printed, every byte', async (script, printed) => {
    expect(await sh(script)).toBe(printed);
  });

  it('hands arguments over as they are, without a shell', async () => {
    const given = ['$HOME', '*', 'two words', ''];
    expect(await runCommand('printf', ['%s|', ...given], { timeoutMs: 10_000 })).toBe(`${given.join('|')}|`);
  });

  it('has nothing to read, unless it gets a descriptor', async () => {
    expect(await sh('cat')).toBe('');
    using programs = new FakePrograms();
    programs.write('input', 'add table ip x\n');
    const stdin = openSync(programs.file('input'), 'r');
    expect(await runCommand('cat', ['/dev/stdin'], { stdin, timeoutMs: 10_000 })).toBe('add table ip x\n');
    closeSync(stdin);
  });
});

describe('a command that fails', () => {
  const cases: readonly {
    readonly name: string;
    readonly script: string;
    readonly message: string;
    readonly exitCode: number | undefined;
  }[] = [
    { name: 'with an exit code alone', script: 'exit 3', message: 'Command failed with exit code 3', exitCode: 3 },
    { name: 'with one line', script: 'echo "Error: no" >&2; exit 1', message: ': Error: no', exitCode: 1 },
    {
      name: 'with several lines',
      script: 'printf "\\n first\\nsecond\\n" >&2; exit 1',
      message: ': first',
      exitCode: 1,
    },
    { name: 'by a signal', script: 'kill -9 $$', message: 'killed with SIGKILL', exitCode: undefined },
  ];
  it.each(cases)('$name', async ({ script, message, exitCode }) => {
    const error = await failure(sh(script));
    expect(error).toMatchObject({ name: 'CommandError', command: `sh -c ${script}`, exitCode, isMissing: false });
    const reason = error.message.slice(error.command.length);
    expect(reason).toContain(message);
    expect(reason).not.toContain('second');
  });

  it('keeps all that was said, as long as it is not too much', async () => {
    expect((await failure(sh('printf "a\\nb\\n" >&2; exit 1'))).stderr.trimEnd()).toBe('a\nb');
    const flood = await failure(sh('yes "Error: one of many" | head -n 100000 >&2; exit 1'));
    expect(flood.stderr.length).toBeLessThanOrEqual(16 * 1024);
    expect(flood.message).toContain('Error: one of many');
    expect(flood.message.length).toBeLessThan(200);
  });

  it.each(['/does/not/exist/nft', 'no-such-program-of-ours'])('is told to be missing: %s', async program => {
    const error = await failure(runCommand(program, ['-f', 'x'], { timeoutMs: 1000 }));
    expect(error.isMissing).toBe(true);
    expect(error.message).toBe(`${program} -f x: no such program`);
  });

  it('is not missing where it may not be run', async () => {
    expect(await failure(runCommand('/tmp', [], { timeoutMs: 1000 }))).toMatchObject({ isMissing: false });
  });

  it('is ended when its time is up', async () => {
    const error = await failure(runCommand('sleep', ['60'], { timeoutMs: 20 }));
    expect(error.message).toContain('timed out after 20 milliseconds');
    expect(error.exitCode).toBeUndefined();
  });
});
