import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AcknowledgedLines, type LineProgram } from '../../../src/kernel/acknowledged-lines.ts';
import { FakePrograms } from '../../fakes/fake-programs.ts';

/** Answers the first marker, then does this. */
const thenDoes = (script: string): string =>
  `echo $$ >"$folder/pid"; read -r line; read -r line; echo "$line" >&2; ${script}`;

describe('a program that is kept running and does not do as it should', () => {
  let programs: FakePrograms;
  let lines: AcknowledgedLines;
  let busy: string[];
  const use = (script: string, program: Partial<LineProgram> = {}): void => {
    lines = new AcknowledgedLines(
      {
        file: programs.add('program', script),
        args: [],
        marker: number => `ack-${number}`,
        numberOf: answer => (answer.startsWith('ack-') ? Number(answer.slice(4)) : undefined),
        processes: { started: () => busy.push('started'), ended: () => busy.push('ended') },
        timeoutMs: 60_000,
        ...program,
      },
      () => undefined,
    );
  };
  const pid = (): number => Number(programs.read('pid'));
  const isThere = (): boolean => {
    try {
      return process.kill(pid(), 0);
    } catch {
      return false;
    }
  };

  beforeEach(() => {
    programs = new FakePrograms();
    busy = [];
  });
  afterEach(() => {
    vi.useRealTimers();
    lines.close();
    programs[Symbol.dispose]();
  });

  it('fails at once where it cannot be started, for whatever reason', async () => {
    use('', { file: programs.file('nowhere') });
    await expect(lines.send(['a'])).rejects.toThrow('cannot be started');
    // As with too little memory, there is no process then, and no event that says so.
    use('', { args: ['x'.repeat(4 * 1024 * 1024)] });
    await expect(lines.send(['a'])).rejects.toThrow(/cannot be started: .*E2BIG/);
    expect(busy).toEqual([]);
  });

  it.each([
    ['lines', 'yes >&2'],
    ['one endless line', 'tr "\\0" x </dev/zero >&2'],
    ['lines, by another process', 'yes >&2 & wait'],
  ])('is ended when it does not cease to say %s', async (_, script) => {
    use(thenDoes(script));
    await expect(lines.send(['a'])).rejects.toThrow('said more than can be read');
    expect(isThere()).toBe(false);
  });

  it('is ended for certain before anybody else does what it was told to', async () => {
    use(thenDoes('exec sleep 60'), { timeoutMs: 200 });
    await expect(lines.send(['a'])).rejects.toThrow('does not answer');
    expect(isThere()).toBe(false);
    expect(busy).toEqual(['started', 'ended', 'started', 'ended']);
  });

  it('has a time of its own to be ready in', async () => {
    use('echo $$ >"$folder/pid"; exec sleep 60', { readyMs: 200 });
    await expect(lines.send(['a'])).rejects.toThrow('does not answer');
    expect(isThere()).toBe(false);
  });

  it('is ended some time after its input has', async () => {
    use(thenDoes('read -r line; read -r line; echo "$line" >&2; exec sleep 60'));
    await lines.send(['a']);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    lines.close();
    vi.advanceTimersByTime(4900);
    expect(isThere()).toBe(true);
    vi.advanceTimersByTime(100);
    vi.useRealTimers();
    await vi.waitFor(() => expect(isThere()).toBe(false));
  });

  it('is known to be at work only while it is', async () => {
    use(`while read -r line; do case "$line" in ack-*) echo "$line" >&2 ;; esac; done`);
    await lines.send(['a', 'b']);
    // Once for being ready, once for the lines.
    expect(busy).toEqual(['started', 'ended', 'started', 'ended']);
  });
});
