import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigReload } from '../../../src/cli/config-reload.ts';
import { resolveConfiguration } from '../../../src/config/resolve.ts';
import type { Configuration } from '../../../src/config/schema.ts';
import { configuration, configurationFile } from '../../support/configuration.ts';
import { keptLog } from '../../support/log-lines.ts';

// Its timers are none of those that a test can turn forward.
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number) => new Promise(resolve => void globalThis.setTimeout(resolve, ms)),
}));

/** Without a mode there would be a warning. */
const file = (fields: string): string => configurationFile(`{mode: nftables, ${fields}}`);

const SAME = file('');
const MASQUERADE = file('nftables: {masqueradeAll: true}');
const OTHER_PORT = file('metricsBindAddress: "127.0.0.1:1"');
const WRONG = file('nodePortAddresses: [everywhere]');

function setUp(check: (configuration: Configuration) => void = () => undefined) {
  const log = keptLog();
  let content: string | Error = SAME;
  let readings = 0;
  const failures: Error[] = [];
  const happened: string[] = [];
  const reload = new ConfigReload({
    configuration: configuration('mode: nftables'),
    read: async () => {
      readings += 1;
      if (content instanceof Error) throw content;
      return content;
    },
    resolve: text => resolveConfiguration(new Map(), text),
    check,
    apply: (next, fields) => {
      happened.push(`apply ${fields.join()}: ${next.nftables.masqueradeAll}`);
      const failure = failures.pop();
      if (failure) throw failure;
    },
    onRestartNeeded: error => happened.push(`restart: ${error.message}`),
    metrics: {
      setValid: isValid => happened.push(isValid ? 'valid' : 'invalid'),
      countReload: result => happened.push(`count ${result}`),
    },
    logger: log.logger,
  });
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  const change = (to: string | Error): void => void (content = to);
  const write = (to: string | Error): void => {
    change(to);
    void reload.fileChanged();
  };
  /** @returns what came of a file that stays as it is */
  const become = async (to: string | Error): Promise<readonly string[]> => {
    happened.length = 0;
    write(to);
    await pass(10_000);
    return [...happened];
  };
  return { reload, log, become, change, write, pass, happened, failures, readings: () => readings };
}

const APPLIED = ['valid', 'count applied', 'apply nftables.masqueradeAll: true'];
const RESTART =
  'restart: the configuration file changed in what takes effect at a start only (metricsBindAddress); the rules stay until then';

describe('ConfigReload', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => vi.useRealTimers());

  it('puts in force what may change at run time, once', async () => {
    const { reload, log, become } = setUp();
    expect(await become(MASQUERADE)).toEqual(APPLIED);
    expect(reload.configuration.nftables.masqueradeAll).toBe(true);
    expect(log.records).toEqual([
      {
        level: 'info',
        fields: ['nftables.masqueradeAll'],
        msg: 'the configuration file changed; its settings are in force',
      },
    ]);
    expect(await become(MASQUERADE)).toEqual([]);
  });

  it('does nothing where the file is as it was loaded, nor for what has no effect', async () => {
    const { log, become } = setUp();
    expect(await become(SAME)).toEqual([]);
    expect(log.records).toEqual([]);
    expect(await become(`# a comment\n${SAME}`)).toEqual(['valid', 'count unchanged']);
    expect(await become(file('configSyncPeriod: 1m, portRange: 1-2'))).toEqual(['valid', 'count unchanged']);
    const msg = 'the configuration file changed, but nothing that has an effect';
    expect(log.records).toEqual([
      { level: 'info', fields: [], msg },
      expect.objectContaining({ level: 'warn', field: 'portRange' }),
      { level: 'info', fields: ['configSyncPeriod', 'portRange'], msg },
    ]);
  });

  it.each<[string, string | Error, object]>([
    ['a wrong value', WRONG, { problems: [expect.stringContaining('nodePortAddresses[0]')] }],
    [
      'several',
      file('oomScoreAdj: 4711, nodePortAddresses: [x]'),
      { problems: [expect.anything(), expect.anything()] },
    ],
    ['an empty file', '', { problems: [expect.anything()] }],
    ['no YAML', 'kind: [', { problems: [expect.anything()] }],
    ['no file', new Error('ENOENT'), { err: 'ENOENT' }],
  ])('goes on with the settings of before where it finds %s, and says so once', async (_, content, said) => {
    const { reload, log, become } = setUp();
    expect(await become(content)).toEqual(['invalid', 'count invalid']);
    expect(reload.readinessCheck.problem()).toBe(
      'the configuration file is not valid; the settings of before are in force',
    );
    expect(reload.configuration.nftables.masqueradeAll).toBe(false);
    expect(log.records).toEqual([
      {
        level: 'error',
        ...said,
        msg: 'the configuration file changed and is not valid; the settings of before stay in force',
      },
    ]);
    expect(await become(content)).toEqual([]);
    expect(await become(SAME)).toEqual(['valid', 'count unchanged']);
    expect(reload.readinessCheck.problem()).toBeUndefined();
  });

  it('says it again where a file cannot be read for another reason', async () => {
    const { log, become } = setUp();
    await become(new Error('ENOENT'));
    await become(new Error('EACCES'));
    expect(log.records.map(({ err }) => err)).toEqual(['ENOENT', 'EACCES']);
  });

  it('refuses what this node could not run', async () => {
    const { become, log } = setUp(({ metricsBindAddress }) => {
      if (metricsBindAddress === '127.0.0.1:1') throw new Error('the kubeconfig cannot be read');
    });
    expect(await become(OTHER_PORT)).toEqual(['invalid', 'count invalid']);
    expect(log.records).toMatchObject([{ err: 'the kubeconfig cannot be read' }]);
    expect(await become(MASQUERADE)).toEqual(APPLIED);
  });

  it('ends where a restart is needed, and names the fields; a change at run time besides is left to the restart', async () => {
    const { reload, become, log } = setUp();
    const both = file('metricsBindAddress: "127.0.0.1:1", nftables: {masqueradeAll: true}');
    expect(await become(both)).toEqual(['valid', RESTART]);
    expect(reload.configuration.nftables.masqueradeAll).toBe(false);
    expect(log.records).toMatchObject([{ level: 'error', fields: ['metricsBindAddress'] }]);
  });

  it('waits until the file has been the same for half a second', async () => {
    const { write, pass, happened } = setUp();
    for (const content of ['', 'kind: [', WRONG, OTHER_PORT]) {
      write(content);
      await pass(400);
    }
    write(MASQUERADE);
    await pass(499);
    expect(happened).toEqual([]);
    await pass(500);
    expect(happened).toEqual(APPLIED);
  });

  it('waits two seconds more before it ends the process: half of a file can be a valid one', async () => {
    const { change, write, pass, happened } = setUp();
    write(OTHER_PORT);
    await pass(2400);
    // Nobody tells of that.
    change(MASQUERADE);
    await pass(10_000);
    expect(happened).toEqual(APPLIED);
  });

  it('ends the process where the file is the same after that, even if it was so at the first look', async () => {
    const { write, pass, happened } = setUp();
    write(OTHER_PORT);
    await pass(2499);
    expect(happened).toEqual([]);
    await pass(1);
    expect(happened).toEqual(['valid', RESTART]);
  });

  it('is one at a time, and looks again where it was asked meanwhile', async () => {
    const { become, write, pass, happened, readings } = setUp();
    for (let times = 0; times < 5; times += 1) write(MASQUERADE);
    await pass(10_000);
    expect(happened).toEqual(APPLIED);
    // Twice each time: whether it is the same still.
    expect(readings()).toBe(4);
    write(MASQUERADE);
    expect(await become(SAME)).toEqual(['valid', 'count applied', 'apply nftables.masqueradeAll: false']);
  });

  it('goes on where something cannot be put in force', async () => {
    const { become, failures, log } = setUp();
    failures.push(new Error('no way'));
    expect(await become(MASQUERADE)).toEqual([...APPLIED, 'invalid', 'count invalid']);
    expect(log.records).toMatchObject([{ level: 'error', err: 'no way' }]);
    expect(await become(SAME)).toEqual(['valid', 'count applied', 'apply nftables.masqueradeAll: false']);
  });
});
