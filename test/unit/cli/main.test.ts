import { existsSync } from 'node:fs';
import { parse } from 'yaml';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { helpText } from '../../../src/cli/program.ts';
import * as initCommand from '../../../src/cli/commands/init.ts';
import * as renderCommand from '../../../src/cli/commands/render.ts';
import * as runCommand from '../../../src/cli/commands/run.ts';
import { FakePrograms } from '../../fakes/fake-programs.ts';
import { configurationFile } from '../../support/configuration.ts';
import { runMain } from './run-main.ts';

vi.mock('../../../src/cli/commands/render.ts', { spy: true });
vi.mock('../../../src/cli/commands/init.ts', { spy: true });
vi.mock('../../../src/cli/commands/run.ts', { spy: true });

let folder: FakePrograms;
beforeEach(() => void (folder = new FakePrograms()));
afterEach(() => {
  vi.restoreAllMocks();
  folder[Symbol.dispose]();
});

describe('main', () => {
  it('helps, and tells its version, whatever else is wrong', async () => {
    expect(await runMain(['--help', '--nonsense'])).toEqual({ status: 0, stdout: helpText(), stderr: '' });
    const version = await runMain(['--version', '--config=/does/not/exist']);
    expect(version).toMatchObject({ status: 0, stderr: '' });
    expect(version.stdout).toMatch(/^sluice \S+ \(behaves as kube-proxy of Kubernetes v\d+\.\d+\.\d+\)\n$/);
  });

  it.each([
    {
      name: 'a flag that is none',
      argv: ['--nonsense'],
      told: ["sluice: unknown option '--nonsense' (see sluice --help)"],
    },
    { name: 'a command that is none', argv: ['nonsense'], told: ['unknown command "nonsense"', '(see sluice --help)'] },
    {
      name: 'a file that is not there',
      argv: ['--config=/does/not/exist'],
      told: ['sluice: the configuration is not valid', '  --config: ENOENT'],
    },
    {
      name: 'values, all of them',
      argv: ['--cluster-cidr=nonsense', '--metrics-bind-address=nowhere'],
      told: [
        'sluice: the configuration is not valid\n  --',
        '\n  --cluster-cidr: "nonsense"',
        '\n  --metrics-bind-address: ',
      ],
    },
    { name: 'a host name override that is blank', argv: ['--hostname-override= '], told: ['sluice: ', 'ostname'] },
    {
      name: 'a manifest that is not there',
      argv: ['render', '-f', '/does/not/exist'],
      told: ['sluice: ENOENT', '/does/not/exist'],
    },
  ])('tells what is wrong, and ends with 1: $name', async ({ argv, told }) => {
    const { status, stdout, stderr } = await runMain(argv);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    for (const part of told) expect(stderr).toContain(part);
    expect(stderr).not.toContain('    at ');
    expect(stderr.endsWith('\n')).toBe(true);
  });

  it.each<{ name: string; error: unknown; stderr: RegExp }>([
    {
      name: 'with its causes',
      error: new Error('outer', { cause: new Error('inner', { cause: 'x' }) }),
      stderr: /^sluice: outer: inner\n$/,
    },
    {
      name: 'with a cause that is in it already, once',
      error: new Error('a: b', { cause: new Error('b') }),
      stderr: /^sluice: a: b\n$/,
    },
    {
      name: 'that nobody foresaw, with its stack',
      error: new TypeError('x is undefined'),
      stderr: /^sluice: TypeError: x is undefined\n +at /,
    },
    { name: 'that is none', error: 'text', stderr: /^sluice: text\n$/ },
  ])('tells an error $name', async ({ error, stderr }) => {
    vi.mocked(renderCommand.render).mockRejectedValue(error);
    expect(await runMain(['render'])).toEqual({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(stderr) as string,
    });
  });
});

describe('main and the configuration', () => {
  it('writes what is in effect, and a file that it has written means the same', async () => {
    const first = folder.file('first.yaml');
    const second = folder.file('second.yaml');
    const flags = ['--cluster-cidr=10.244.0.0/16', '--masquerade-all', '--nodeport-addresses=10.0.0.0/8'];
    expect(await runMain([...flags, `--write-config-to=${first}`])).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(parse(folder.read('first.yaml'))).toMatchObject({
      kind: 'KubeProxyConfiguration',
      clusterCIDR: '10.244.0.0/16',
      nftables: { masqueradeAll: true },
      nodePortAddresses: ['10.0.0.0/8'],
    });
    await runMain([`--config=${first}`, `--write-config-to=${second}`]);
    expect(folder.read('second.yaml')).toBe(folder.read('first.yaml'));
  });

  it('does nothing else with --write-config-to, and tells where it cannot be written', async () => {
    const { status, stderr } = await runMain([
      '--cleanup',
      '--init-only',
      `--write-config-to=${folder.file('no/x.yaml')}`,
    ]);
    expect(status).toBe(1);
    expect(stderr).toContain(folder.file('no/x.yaml'));
    expect(existsSync(folder.file('no'))).toBe(false);
  });

  it.each([
    { name: 'the host', argv: [], nodeName: 'host-a' },
    { name: 'the flag', argv: ['--hostname-override=Node-B'], nodeName: 'node-b' },
    { name: 'the file', argv: ['--config=FILE'], nodeName: 'node-c' },
    { name: 'the flag before the file', argv: ['--config=FILE', '--hostname-override=node-b'], nodeName: 'node-b' },
  ])('hands the name of the node to a command, from $name', async ({ argv, nodeName }) => {
    folder.write('config.yaml', configurationFile('hostnameOverride: node-c'));
    vi.mocked(renderCommand.render).mockResolvedValue(0);
    const given = argv.map(flag => flag.replace('FILE', folder.file('config.yaml')));
    expect(await runMain(['render', '--master=http://api', ...given])).toMatchObject({ status: 0, stderr: '' });
    expect(renderCommand.render).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ nodeName, master: 'http://api' }),
    );
  });
});

describe('sluice run', () => {
  const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;
  const before = SIGNALS.map(signal => process.listeners(signal));
  const added = (): string[] =>
    SIGNALS.filter((signal, i) => process.listenerCount(signal) > (before[i]?.length ?? 0)).map(String);
  // Warnings of the configuration go to the standard error of the program itself.
  const flags = ['--proxy-mode=nftables', '--nodeport-addresses=10.0.0.0/8'];

  beforeEach(() => {
    vi.mocked(initCommand.initialise).mockResolvedValue();
    vi.mocked(runCommand.run).mockRejectedValue(new Error('no way to the API server'));
  });
  afterEach(() => {
    for (const [i, signal] of SIGNALS.entries())
      for (const listener of process.listeners(signal))
        if (!before[i]?.includes(listener)) process.off(signal, listener);
  });

  it.each([[[]], [['run']]])('prepares the node and runs until something ends it: %j', async command => {
    const { status, stderr } = await runMain([...command, ...flags, '--master=http://api']);
    expect({ status, stderr }).toEqual({ status: 1, stderr: 'sluice: no way to the API server\n' });
    expect(runCommand.run).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ nodeName: 'host-a', master: 'http://api' }),
    );
    expect(initCommand.initialise).toHaveBeenCalledBefore(vi.mocked(runCommand.run));
    expect(added()).toEqual([...SIGNALS]);
  });

  it('does not run with --init-only, nor where the node cannot be prepared', async () => {
    expect(await runMain([...flags, '--init-only'])).toMatchObject({ status: 0 });
    vi.mocked(initCommand.initialise).mockRejectedValue(new Error('sysctl x cannot be set to 1'));
    expect(await runMain(flags)).toMatchObject({ status: 1, stderr: 'sluice: sysctl x cannot be set to 1\n' });
    expect(runCommand.run).not.toHaveBeenCalled();
    expect(added()).toEqual([]);
  });
});
