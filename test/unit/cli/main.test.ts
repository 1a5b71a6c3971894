import { existsSync } from 'node:fs';
import { parse } from 'yaml';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { helpText } from '../../../src/cli/program.ts';
import * as renderCommand from '../../../src/cli/commands/render.ts';
import { FakePrograms } from '../../fakes/fake-programs.ts';
import { configurationFile } from '../../support/configuration.ts';
import { runMain } from './run-main.ts';

vi.mock('../../../src/cli/commands/render.ts', { spy: true });

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
