import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Ipvsadm } from '../../src/kernel/ipvsadm.ts';
import { IPVSADM_CASES } from '../support/ipvsadm-cases.ts';
import { TestNamespace } from '../support/netns.ts';
import { mustSkip } from '../support/requirements.ts';

describe.skipIf(mustSkip('ipvsadm', 'ipvsadm', 'ip'))('ipvsadm and a real kernel', () => {
  let namespace: TestNamespace;
  let ipvsadm: Ipvsadm;
  let restarts: string[];

  beforeEach(() => {
    namespace = new TestNamespace();
    // Without it there is no table of local addresses, and the kernel takes no address for that of a single host.
    namespace.run('ip', 'link', 'set', 'lo', 'up');
    restarts = [];
    ipvsadm = new Ipvsadm({
      path: namespace.program('ipvsadm', 'ipvsadm'),
      onRestart: reason => restarts.push(reason),
    });
  });
  afterEach(() => {
    ipvsadm.close();
    namespace.remove();
  });

  const saved = async (): Promise<string[]> => (await ipvsadm.save()).split('\n').filter(Boolean);
  const said = async (...lines: string[]): Promise<(string | undefined)[]> =>
    (await ipvsadm.execute(lines)).map(({ message }) => message);
  const WEB = '-t 10.96.0.1:80';

  it.for(IPVSADM_CASES)('$name', async ({ lines, saved: expected }) => {
    const answers = await ipvsadm.execute(lines.map(([line]) => line));
    for (const [i, [line, message, fatal]] of lines.entries()) {
      const answer = { line, ...answers[i] };
      expect(answer).toEqual({
        line,
        message: message instanceof RegExp ? expect.stringMatching(message) : message,
        isFatal: fatal !== undefined,
      });
    }
    expect((await saved()).toSorted()).toEqual(expected.toSorted());
    // What it saves is what it takes.
    await ipvsadm.execute(['-C']);
    expect(await saved()).toEqual([]);
    expect(new Set(await said(...expected))).toEqual(new Set(expected.length ? [undefined] : []));
    expect((await saved()).toSorted()).toEqual(expected.toSorted());
  });

  it('carries lines out as it reads them, while it stays', async () => {
    await said(`-A ${WEB} -s rr`);
    expect(namespace.run('ipvsadm', '-Sn')).toBe(`-A ${WEB} -s rr\n`);
    expect(restarts).toEqual([]);
  });

  it('leaves what was done when it is killed, and the next one goes on', async () => {
    await said(`-A ${WEB} -s rr`);
    const kill =
      'for pid in $(ip netns pids "$1"); do [ "$(cat "/proc/$pid/comm")" != ipvsadm ] || kill -9 "$pid"; done';
    namespace.run('sh', '-c', kill, 'sh', namespace.name);
    await expect.poll(() => restarts, { timeout: 20_000 }).toEqual([expect.stringContaining('SIGKILL')]);
    expect(await said(`-a ${WEB} -r 10.244.1.2:80 -m -w 1`)).toEqual([undefined]);
    expect(await saved()).toEqual([`-A ${WEB} -s rr`, `-a ${WEB} -r 10.244.1.2:80 -m -w 1`]);
  });

  describe('has defaults that make all options necessary', () => {
    it.for([
      { name: 'the scheduler', line: `-E ${WEB}`, expected: `-A ${WEB} -s wlc` },
      { name: 'persistence', line: `-E ${WEB} -s sh -b sh-fallback`, expected: `-A ${WEB} -s sh -b sh-fallback` },
      { name: 'flags', line: `-E ${WEB} -s sh -p 300`, expected: `-A ${WEB} -s sh -p 300` },
    ])('$name of a virtual server', async ({ line, expected }) => {
      await said(`-A ${WEB} -s sh -p 300 -b sh-fallback`);
      expect(await said(line)).toEqual([undefined]);
      expect(await saved()).toEqual([expected]);
    });

    it('the weight of an endpoint', async () => {
      await said(`-A ${WEB} -s rr`, `-a ${WEB} -r 10.244.1.2:8080 -m -w 0`);
      expect(await said(`-e ${WEB} -r 10.244.1.2:8080 -m`)).toEqual([undefined]);
      expect(await saved()).toContain(`-a ${WEB} -r 10.244.1.2:8080 -m -w 1`);
    });

    it('the way of an endpoint: without -m its port counts for nothing', async () => {
      await said(`-A ${WEB} -s rr`, `-a ${WEB} -r 10.244.1.2:8080 -m -w 1`, `-a ${WEB} -r 10.244.1.2:80 -m -w 1`);
      expect(await said(`-e ${WEB} -r 10.244.1.2:8080 -w 2`)).toEqual([undefined]);
      expect(await saved()).toContain(`-a ${WEB} -r 10.244.1.2:80 -g -w 2`);
    });
  });

  it.for([
    { name: 'sh', options: '-s sh -b sh-fallback,sh-port' },
    { name: 'mh', options: '-s mh -b mh-fallback,mh-port' },
    { name: 'others', options: '-s rr -b flag-1,flag-2,flag-3' },
    { name: 'affinity', options: '-s rr -p 10800' },
  ])('prints the options of $name as it takes them', async ({ options }) => {
    expect(await said(`-A ${WEB} ${options}`)).toEqual([undefined]);
    expect(await saved()).toEqual([`-A ${WEB} ${options}`]);
  });

  it('sets time-outs, and leaves one as it is with 0', async () => {
    const shown = (): string | undefined => /\): (.*)/.exec(namespace.run('ipvsadm', '-L', '--timeout'))?.[1];
    expect(await said('--set 7200 0 90')).toEqual([undefined]);
    expect(shown()).toBe('7200 120 90');
    expect(await said('--set 0 30 0')).toEqual([undefined]);
    expect(shown()).toBe('7200 30 90');
  });

  it('takes lines of two at a time', async () => {
    const other = new Ipvsadm({ path: namespace.program('other-ipvsadm', 'ipvsadm') });
    const lines = (net: number): string[] => Array.from({ length: 200 }, (_, i) => `-A -t 10.${net}.0.${i}:80 -s rr`);
    try {
      const answers = await Promise.all([ipvsadm.execute(lines(1)), other.execute(lines(2))]);
      expect(answers.flat().filter(({ message }) => message !== undefined)).toEqual([]);
      expect((await saved()).toSorted()).toEqual([...lines(1), ...lines(2)].toSorted());
    } finally {
      other.close();
    }
  });

  it('takes 1,000 virtual servers with 3 endpoints each, and tells of all of them', async () => {
    const lines = Array.from({ length: 1000 }, (_, i) => `-t 10.96.${i >> 8}.${i & 255}:80`).flatMap(server => [
      `-A ${server} -s rr`,
      ...[1, 2, 3].map(n => `-a ${server} -r 10.244.0.${n}:8080 -m -w 1`),
    ]);
    const answers = await ipvsadm.execute(lines);
    expect(answers.filter(({ message }) => message !== undefined)).toEqual([]);
    expect((await saved()).toSorted()).toEqual(lines.toSorted());
  });
});
