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
    *refused*) printf 'internal:0:0-0: Error: No such file or directory\n\n' >&2 ;;
    *fatal*) kill -9 $$ ;;
  esac
done
exit`;

const ORDINARY = 'nft -j -f /dev/stdin';
const SESSION = 'nft -j -i';

describe('an nft that is kept running', () => {
  let programs: FakePrograms;
  let nft: Nft;
  const transaction = (name: string): string => `{"nftables":[{"add":1},\n{"add":"${name}"}]}`;
  const apply = (name: string): Promise<void> => nft.apply(transaction(name), { json: true });
  /** What it was told, but for the markers. */
  const lines = (): readonly string[] =>
    programs
      .read('lines')
      .split('\n')
      .filter(line => line && !line.startsWith('ack-'));
  const use = (interactive: string, ordinary = 'true'): void => {
    const path = programs.add('nft', `case "$*" in *-i*) ${interactive} ;; esac\n${ordinary}`);
    nft = new Nft({ path, runtimeDirectory: programs.file('run'), isKept: true });
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
    use(INTERACTIVE);
  });
  afterEach(() => {
    vi.useRealTimers();
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
    expect(programs.calls).toEqual(['nft -f /dev/stdin', 'nft -j -c -f /dev/stdin', ORDINARY]);
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

  it('is tried again after a minute', async () => {
    const now = vi.spyOn(performance, 'now');
    await apply('refused');
    now.mockReturnValue(performance.now() + 60_001);
    await apply('after');
    now.mockRestore();
    expect(programs.calls).toEqual([SESSION, ORDINARY, SESSION]);
  });

  it.each([
    ['has no such option', 'echo "unknown option -i" >&2; exit 1'],
    ['says more than it should', `echo "Warning: old" >&2; ${INTERACTIVE}`],
    ['ends at once', 'exit 0'],
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
  });

  it('knows its process for one of ours', async () => {
    await apply('a');
    const pid = Number(programs.read('pid'));
    expect(nft.processes.made({ pid, program: nft.processes.executable?.split('/').at(-1) ?? 'nft' })).toBe(true);
  });
});
