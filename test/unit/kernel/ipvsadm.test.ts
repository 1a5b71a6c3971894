import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CommandError } from '../../../src/kernel/command.ts';
import { Ipvsadm } from '../../../src/kernel/ipvsadm.ts';
import { FakePrograms } from '../../fakes/fake-programs.ts';
import { addIpvsadm, startsOf } from '../../fakes/ipvsadm-program.ts';

describe('Ipvsadm', () => {
  let programs: FakePrograms;
  let ipvsadm: Ipvsadm;
  let restarts: string[];

  beforeEach(() => {
    programs = new FakePrograms();
    restarts = [];
    ipvsadm = new Ipvsadm({ path: addIpvsadm(programs), onRestart: reason => restarts.push(reason) });
  });
  afterEach(() => {
    ipvsadm.close();
    programs[Symbol.dispose]();
  });

  const messages = async (lines: readonly string[]): Promise<(string | undefined)[]> =>
    (await ipvsadm.execute(lines)).map(({ message }) => message);

  const WEB = '-t 10.96.0.1:80';

  it('tells the version', async () => expect(await ipvsadm.version()).toBe('1.31'));

  it('has each line answered, whatever becomes of it, by one process', async () => {
    const lines = [
      `-A ${WEB} -s rr`,
      `-A ${WEB} -s rr`,
      `-a ${WEB} -r 10.244.1.2:8080 -m -w 1`,
      `-a -t 10.96.0.2:80 -r 10.244.1.2:8080 -m -w 1`,
      `-d ${WEB} -r 10.244.1.3:8080`,
    ];
    expect(await messages(lines)).toEqual([
      undefined,
      'Service already exists',
      undefined,
      'Service not defined',
      'No such destination',
    ]);
    expect(await messages([`-e ${WEB} -r 10.244.1.2:8080 -m -w 0`])).toEqual([undefined]);
    expect(startsOf(programs)).toBe(1);
    expect(await ipvsadm.save()).toBe(`-A ${WEB} -s rr\n-a ${WEB} -r 10.244.1.2:8080 -m -w 0\n`);
    expect(restarts).toEqual([]);
  });

  it('goes on with a new process after a line at which the program ends', async () => {
    const answers = await ipvsadm.execute([
      `-A ${WEB} -s rr`,
      '-A -t 10.96.0.300:80 -s rr',
      '-A -t 10.96.0.2:80 -s rr',
    ]);
    expect(answers).toEqual([
      { message: undefined, isFatal: false },
      { message: 'illegal virtual server address[:port] specified', isFatal: true },
      { message: undefined, isFatal: false },
    ]);
    expect(startsOf(programs)).toBe(2);
    expect(restarts).toHaveLength(1);
    expect(await ipvsadm.save()).toContain('10.96.0.2:80');
  });

  it('does not lose its place where the last line is the fatal one', async () => {
    expect(await messages(['# no command'])).toEqual(["Try `ipvsadm -h' or 'ipvsadm --help' for more information."]);
    expect(await messages([`-A ${WEB} -s rr`])).toEqual([undefined]);
  });

  it('blames no line where the program is killed, and starts it anew the next time', async () => {
    // The empty line and its marker come first.
    programs.write('kill-at', '5');
    await expect(ipvsadm.execute([`-A ${WEB} -s rr`, `-D ${WEB}`])).rejects.toThrow('ended (SIGKILL)');
    expect(await messages([`-D ${WEB}`])).toEqual([undefined]);
    expect(startsOf(programs)).toBe(2);
    expect(restarts).toEqual([expect.stringContaining('SIGKILL')]);
  });

  it('starts anew when the program ended while it had nothing to do', async () => {
    await messages([`-A ${WEB} -s rr`]);
    process.kill(Number(programs.read('ipvsadm-pid')), 'SIGTERM');
    await vi.waitFor(() => expect(restarts).toEqual([expect.stringContaining('SIGTERM')]));
    expect(await messages([`-D ${WEB}`])).toEqual([undefined]);
    expect(startsOf(programs)).toBe(2);
  });

  it('keeps calls apart', async () => {
    const [first, second] = await Promise.all([
      messages([`-A ${WEB} -s rr`, `-A ${WEB} -s rr`]),
      messages([`-D ${WEB}`, `-D ${WEB}`]),
    ]);
    expect(first).toEqual([undefined, 'Service already exists']);
    expect(second).toEqual([undefined, 'No such service']);
  });

  it('blames nobody where the program cannot do anything at all', async () => {
    const broken = new Ipvsadm({
      path: programs.add('broken', 'echo "Can\'t initialize ipvs: Protocol not available" >&2; exit 2'),
    });
    await expect(broken.execute([`-A ${WEB} -s rr`])).rejects.toThrow("ended (2): Can't initialize ipvs");
    const missing = new Ipvsadm({ path: programs.file('missing') });
    await expect(missing.execute([`-A ${WEB} -s rr`])).rejects.toThrow('cannot be started');
    await expect(missing.version()).rejects.toBeInstanceOf(CommandError);
  });

  it('takes thousands of lines', { timeout: 30_000 }, async () => {
    const lines = Array.from({ length: 2000 }, (_, i) => `-D -t 10.96.${i >> 8}.${i & 255}:80`);
    expect(new Set(await messages(lines))).toEqual(new Set(['No such service']));
  });
});
