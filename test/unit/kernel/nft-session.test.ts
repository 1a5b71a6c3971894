import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CommandError } from '../../../src/kernel/command.ts';
import { Nft } from '../../../src/kernel/nft.ts';
import { FakePrograms } from '../../fakes/fake-programs.ts';

/** Takes lines as nft does: a marker is a syntax error, and so is what is no transaction; `refused` and `fatal` in it tell the rest. */
const INTERACTIVE = String.raw`
echo $$ >"$folder/pid"
while IFS= read -r line; do
  printf '%s\n' "$line" >>"$folder/lines"
  case "$line" in
    ack-*|*nonsense*) printf 'Error: syntax error, unexpected newline, expecting string\n%s\n     ^\n' "$line" >&2 ;;
    *refused*|*no-such-table*) printf 'internal:0:0-0: Error: No such file or directory\n\n' >&2 ;;
    *fatal*) kill -9 $$ ;;
  esac
done
exit`;

const ORDINARY = 'nft -j -f /dev/stdin';
const SESSION = 'nft -j -i';

describe('an nft that is kept running', () => {
  let programs: FakePrograms;
  let nft: Nft;
  let givenUp: [string, number][];
  const transaction = (name: string): string => `{"nftables":[{"add":1},\n{"add":"${name}"}]}`;
  const apply = (name: string): Promise<void> => nft.apply(transaction(name), { json: true });
  /** What it was told, but for the markers, and what has to be refused. */
  const lines = (): readonly string[] =>
    programs
      .read('lines')
      .split('\n')
      .filter(line => line && !/^ack-|no-such-table/.test(line));
  const use = (interactive: string, ordinary = 'true'): void => {
    const path = programs.add('nft', `case " $* " in *' -i '*) ${interactive} ;; esac\n${ordinary}`);
    const onGivenUp = (reason: string, forMs: number): void => void givenUp.push([reason, forMs]);
    nft = new Nft({ path, runtimeDirectory: programs.file('run'), isKept: true, onGivenUp });
  };
  const isRunning = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  beforeEach(() => {
    programs = new FakePrograms();
    givenUp = [];
    use(INTERACTIVE);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    nft.close();
    programs[Symbol.dispose]();
  });

  it('takes small transactions, a line each', async () => {
    for (const name of ['a', 'b', 'c']) await apply(name);
    expect(programs.calls).toEqual([SESSION]);
    expect(lines()).toEqual(['a', 'b', 'c'].map(name => `{"nftables":[{"add":1},{"add":"${name}"}]}`));
    expect(programs.input).toBe('');
  });

  it('takes neither checks, nor statements, nor what is large', async () => {
    await nft.apply('add table ip x\n');
    await nft.apply('{}', { json: true, check: true });
    await apply('x'.repeat(33_000));
    // At a terminal, keys have these characters.
    for (const key of ['\t', '\u001b', 'é']) await apply(key);
    expect(programs.calls).toEqual([
      'nft -f /dev/stdin',
      'nft -j -c -f /dev/stdin',
      ...Array<string>(4).fill(ORDINARY),
    ]);
    expect(givenUp).toEqual([]);
  });

  it.each(['refused', 'nonsense', 'fatal'])(
    'leaves %s to one of its own, and is not asked again for a while',
    async name => {
      await apply('before');
      await apply(name);
      await apply('after');
      expect(programs.calls).toEqual([SESSION, ORDINARY, ORDINARY]);
      expect(programs.input).toBe(transaction(name) + transaction('after'));
      expect(lines().at(-1)).toContain(name);
    },
  );

  it('has the error of an ordinary one told', async () => {
    use(INTERACTIVE, 'echo "Error: File exists" >&2; exit 1');
    const refused = apply('refused');
    await expect(refused).rejects.toThrow(CommandError);
    await expect(refused).rejects.toThrow(`${ORDINARY}: Error: File exists`);
    expect(programs.read('run/failed-transaction.json')).toBe(transaction('refused'));
  });

  it('is tried again after a minute, then after two, until it has done one', async () => {
    let ms = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => ms);
    await apply('refused');
    ms += 60_001;
    await apply('nonsense');
    ms += 60_001;
    await apply('too early');
    ms += 60_000;
    await apply('done');
    await apply('refused');
    expect(programs.calls).toEqual([SESSION, ORDINARY, SESSION, ORDINARY, ORDINARY, SESSION, ORDINARY]);
    expect(givenUp).toEqual([
      [expect.stringContaining('No such file or directory'), 60_000],
      [expect.stringContaining('syntax error'), 120_000],
      [expect.stringContaining('No such file or directory'), 60_000],
    ]);
  });

  it('is tried once an hour where it never does anything', async () => {
    let ms = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => ms);
    for (let i = 0; i < 9; i += 1) {
      await apply('refused');
      ms += 60 * 60_000 + 1;
    }
    expect(givenUp.slice(-3).map(([, forMs]) => forMs)).toEqual([3_600_000, 3_600_000, 3_600_000]);
  });

  it('is not waited for long where a program in its place takes its input whole', async () => {
    use('cat >"$folder/lines"; exit');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const applied = apply('a');
    await vi.advanceTimersByTimeAsync(3000);
    vi.useRealTimers();
    await applied;
    expect(programs.calls).toContain(ORDINARY);
    expect(givenUp).toEqual([[expect.stringContaining('does not answer'), 60_000]]);
  });

  it('runs where an ordinary one would: in the same environment', async () => {
    vi.stubEnv('NFT_HOST_ROOT', '/host');
    use(`echo "$NFT_HOST_ROOT $HOME" >"$folder/env"; ${INTERACTIVE}`);
    await apply('a');
    expect(programs.read('env')).toBe('/host /nonexistent\n');
  });

  it.each([
    ['has no such option', 'echo "unknown option -i" >&2; exit 1'],
    ['says more than it should', `echo "Warning: old" >&2; ${INTERACTIVE}`],
    ['ends at once', 'exit 0'],
    [
      'passes over what follows an error',
      'while read -r line; do case $line in ack-*) echo "$line" >&2 ;; esac; done; exit',
    ],
  ])('is done without where the program %s', async (_, interactive) => {
    use(interactive);
    await apply('a');
    await apply('b');
    expect(programs.calls).toEqual([SESSION, ORDINARY, ORDINARY]);
    expect(programs.input).toBe(transaction('a') + transaction('b'));
  });

  it('is started anew when it has ended meanwhile', async () => {
    await apply('a');
    const pid = Number(programs.read('pid'));
    process.kill(pid, 'SIGKILL');
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false));
    await vi.waitFor(() => apply('b'));
    expect(lines().at(-1)).toContain('"b"');
    expect(programs.calls).toEqual([SESSION, SESSION]);
  });

  it('ends when nothing comes, and when this ends', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const gone = async (pid: number): Promise<void> => {
      vi.useRealTimers();
      await vi.waitFor(() => expect(isRunning(pid)).toBe(false));
    };
    await apply('a');
    vi.advanceTimersByTime(29_000);
    await apply('b');
    vi.advanceTimersByTime(29_000);
    const first = Number(programs.read('pid'));
    expect(isRunning(first)).toBe(true);
    vi.advanceTimersByTime(1000);
    await gone(first);
    await apply('c');
    expect(programs.calls).toEqual([SESSION, SESSION]);
    nft.close();
    await gone(Number(programs.read('pid')));
    use(INTERACTIVE);
  });

  it('does not grow for ever', async () => {
    const large = 'x'.repeat(32_000);
    for (let i = 0; i < 132; i += 1) await apply(large);
    expect(programs.calls).toEqual([SESSION, SESSION]);
    for (let i = 0; i < 10_600; i += 1) await apply('x');
    expect(programs.calls).toEqual([SESSION, SESSION, SESSION]);
  }, 60_000);

  it('knows its process for one of ours', async () => {
    await apply('a');
    const pid = Number(programs.read('pid'));
    expect(nft.processes.made({ pid, program: nft.processes.executable?.split('/').at(-1) ?? 'nft' })).toBe(true);
  });

  it('takes nothing for ours that others do while it waits', async () => {
    let ms = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => ms);
    const somebody = { pid: 1, program: 'nft' };
    await apply('a');
    // Of one behind a script, nobody knows the pid.
    expect(nft.processes.made(somebody)).toBe(true);
    ms += 1000;
    expect(nft.processes.made(somebody)).toBe(false);
  });

  it('ends when this ends while it starts', async () => {
    const applied = apply('a');
    await new Promise(resolve => setImmediate(resolve));
    nft.close();
    await applied;
    const pid = Number(programs.read('pid'));
    await vi.waitFor(() => expect(isRunning(pid)).toBe(false));
    use(INTERACTIVE);
  });
});
