import { readdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandError } from '../../../src/kernel/command.ts';
import { isNotFound, Nft } from '../../../src/kernel/nft.ts';
import { FakePrograms } from '../../fakes/fake-programs.ts';

describe('Nft', () => {
  let programs: FakePrograms;
  let nft: Nft;
  const run = (name: string): string => programs.read(`run/${name}`);

  /** The program does what the script says. */
  const use = (script: string): void => {
    nft = new Nft({ path: programs.add('nft', script), runtimeDirectory: programs.file('run') });
  };

  beforeEach(() => {
    programs = new FakePrograms();
    use('true');
  });
  afterEach(() => {
    nft.close();
    programs[Symbol.dispose]();
  });

  it.each([
    ['nftables v1.0.6 (Lester Gooch #5)', '1.0.6'],
    ['nftables v1.1.3 (Commodore Bullmoose #4)', '1.1.3'],
    ['nftables v1.10', '1.10'],
    ['something else', 'something else'],
  ])('tells the version of %j', async (printed, version) => {
    use(`echo '${printed}'`);
    expect(await nft.version()).toBe(version);
    expect(programs.calls).toEqual(['nft --version']);
  });

  it.each([
    { options: {}, call: 'nft -f /dev/stdin' },
    { options: { json: true }, call: 'nft -j -f /dev/stdin' },
    { options: { check: true }, call: 'nft -c -f /dev/stdin' },
    { options: { json: true, check: true }, call: 'nft -j -c -f /dev/stdin' },
  ])('hands a transaction over as a file that can be opened: $call', async ({ options, call }) => {
    await nft.apply('add table ip x\n', options);
    expect(programs.calls).toEqual([call]);
    expect(programs.input).toBe('add table ip x\n');
    expect(readdirSync(programs.file('run'))).toEqual([]);
  });

  it('never runs two at a time, also after one that failed', async () => {
    use(
      'if [ -e "$folder/busy" ]; then echo overlap >>"$folder/overlaps"; fi; : >"$folder/busy"; sleep 0.02; rm "$folder/busy"; exit 1',
    );
    const results = await Promise.allSettled([
      nft.apply('a\n'),
      nft.version(),
      nft.apply('b\n'),
      nft.listTable('ip', 'x'),
    ]);
    expect(results.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    expect(programs.read('overlaps')).toBe('');
    expect(programs.input).toBe('a\nb\n');
  });

  it('keeps the last transaction that failed, and what was said of it', async () => {
    use('echo "Error: File exists" >&2; echo "more" >&2; exit 1');
    await expect(nft.apply('first\n')).rejects.toThrow('Error: File exists');
    await expect(nft.apply('second\n')).rejects.toThrow(CommandError);
    expect(run('failed-transaction.nft')).toBe('second\n');
    expect(run('failed-transaction.txt').trimEnd()).toBe('Error: File exists\nmore');
    await expect(nft.apply('{}', { json: true })).rejects.toThrow(CommandError);
    expect(run('failed-transaction.json')).toBe('{}');
  });

  it('keeps nothing of a check: it is expected to fail', async () => {
    use('exit 1');
    await expect(nft.apply('x\n', { check: true })).rejects.toThrow(CommandError);
    expect(readdirSync(programs.file('run'))).toEqual([]);
  });

  it('tells the error itself where it cannot be kept', async () => {
    use('echo "Error: no" >&2; exit 1');
    rmSync(programs.file('run'), { recursive: true });
    await expect(nft.apply('x\n')).rejects.toThrow('Error: no');
  });

  it('lists a table or a map of it, and nothing else', async () => {
    use('echo "{}"');
    expect(await nft.listTable('ip', 'kube-proxy')).toBe('{}\n');
    expect(await nft.listMap('ip6', 'kube-proxy', 'affinity-tcp')).toBe('{}\n');
    expect(programs.calls).toEqual(['nft -j list table ip kube-proxy', 'nft -j list map ip6 kube-proxy affinity-tcp']);
  });

  it('knows a table that is not there from one that cannot be listed', async () => {
    use('echo "Error: No such file or directory" >&2; exit 1');
    expect(await nft.listTable('ip', 'kube-proxy')).toBeUndefined();
    expect(await nft.listMap('ip', 'kube-proxy', 'x')).toBeUndefined();
    use('echo "Error: Operation not permitted" >&2; exit 1');
    await expect(nft.listTable('ip', 'kube-proxy')).rejects.toThrow('Operation not permitted');
  });

  it('says so where there is no such program', async () => {
    const missing = new Nft({ path: programs.file('nowhere'), runtimeDirectory: programs.file('run') });
    await expect(missing.version()).rejects.toMatchObject({ isMissing: true });
    missing.close();
  });
});

describe('isNotFound', () => {
  const failed = async (stderr: string): Promise<unknown> => {
    using programs = new FakePrograms();
    programs.write('said', stderr);
    const nft = new Nft({
      path: programs.add('nft', 'cat "$folder/said" >&2; exit 1'),
      runtimeDirectory: programs.path,
    });
    const error: unknown = await nft.version().catch((error: unknown) => error);
    nft.close();
    return error;
  };
  it.each([
    ['Error: No such file or directory\nlist table ip x\n              ^\n', true],
    ['\nError: No such file or directory; did you mean table ‘y’ in family ip?', true],
    ['Error: syntax error\nadd rule ip x y comment "No such file or directory"', false],
    ['', false],
  ])('%j: %s', async (stderr, is) => {
    expect(isNotFound(await failed(stderr))).toBe(is);
  });

  it('is false for errors of other kinds', () => {
    expect(isNotFound(new Error('No such file or directory'))).toBe(false);
    expect(isNotFound(undefined)).toBe(false);
  });
});
