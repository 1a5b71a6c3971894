import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigReload } from '../../../src/cli/config-reload.ts';
import { resolveConfiguration } from '../../../src/config/resolve.ts';
import { configuration, configurationFile } from '../../support/configuration.ts';
import { keptLog } from '../../support/log-lines.ts';

function setUp({ check = (): void => undefined }: { check?: () => void } = {}) {
  const log = keptLog();
  /** What the file holds at each reading; the last one stays. */
  let contents: (string | Error)[] = [configurationFile('nftables: {masqueradeAll: false}')];
  const happened: string[] = [];
  const reload = new ConfigReload({
    configuration: configuration('nftables: {masqueradeAll: false}'),
    read: async () => {
      const [next = ''] = contents;
      if (contents.length > 1) contents.shift();
      if (next instanceof Error) throw next;
      return next;
    },
    resolve: text => resolveConfiguration(new Map(), text),
    check,
    apply: (_, fields) => happened.push(`apply ${fields.join()}`),
    onRestartNeeded: error => happened.push(`restart: ${error.message}`),
    metrics: {
      setValid: isValid => happened.push(isValid ? 'valid' : 'invalid'),
      countReload: result => happened.push(`count ${result}`),
    },
    logger: log.logger,
    settleMs: 1,
    confirmMs: 2,
  });
  const become = async (...texts: (string | Error)[]): Promise<readonly string[]> => {
    contents = texts;
    happened.length = 0;
    await reload.fileChanged();
    return [...happened];
  };
  return { reload, log, become, happened };
}

const MASQUERADE = configurationFile('nftables: {masqueradeAll: true}');
const OTHER_PORT = configurationFile('metricsBindAddress: 127.0.0.1:1');
const WRONG = configurationFile('nodePortAddresses: [everywhere]');
const SAME = configurationFile('nftables: {masqueradeAll: false}');

describe('ConfigReload', () => {
  afterEach(() => vi.useRealTimers());

  it('puts in force what may change at run time, once', async () => {
    const { reload, log, become } = setUp();
    expect(await become(MASQUERADE)).toEqual(['valid', 'count applied', 'apply nftables.masqueradeAll']);
    expect(reload.configuration.nftables.masqueradeAll).toBe(true);
    expect(log.records).toContainEqual({
      level: 'info',
      fields: ['nftables.masqueradeAll'],
      msg: 'the configuration file changed; its settings are in force',
    });
    expect(await become(MASQUERADE)).toEqual([]);
  });

  it('does nothing where the file is as it was loaded, nor for what has no effect', async () => {
    const { log, become } = setUp();
    expect(await become(SAME)).toEqual([]);
    expect(log.records).toEqual([]);
    expect(await become(`# a comment\n${SAME}`)).toEqual(['valid', 'count unchanged']);
    expect(log.lines.at(-1)).toBe('info: the configuration file changed, but nothing that has an effect');
  });

  it.each<[string, string | Error]>([
    ['a wrong value', WRONG],
    ['an empty file', ''],
    ['no YAML', 'kind: ['],
    ['no file', new Error('ENOENT')],
  ])('goes on with the settings of before where it finds %s, and says so once', async (_, content) => {
    const { reload, log, become } = setUp();
    expect(await become(content)).toEqual(['invalid', 'count invalid']);
    expect(reload.readinessCheck.problem()).toBe(
      'the configuration file is not valid; the settings of before are in force',
    );
    expect(reload.configuration.nftables.masqueradeAll).toBe(false);
    expect(log.lines).toEqual([
      'error: the configuration file changed and is not valid; the settings of before stay in force',
    ]);
    expect(await become(content)).toEqual([]);
    expect(await become(SAME)).toEqual(['valid', 'count unchanged']);
    expect(reload.readinessCheck.problem()).toBeUndefined();
  });

  it('names all that is wrong', async () => {
    const { log, become } = setUp();
    await become(configurationFile('{nodePortAddresses: [everywhere], oomScoreAdj: 4711}'));
    expect(log.records[0]?.['problems']).toHaveLength(2);
  });

  it('refuses what this node could not run', async () => {
    const { become } = setUp({
      check: () => {
        throw new Error('the kubeconfig cannot be read');
      },
    });
    expect(await become(OTHER_PORT)).toEqual(['invalid', 'count invalid']);
  });

  it('ends where a restart is needed, and names the fields; a change at run time besides is left to the restart', async () => {
    const { reload, become } = setUp();
    const both = configurationFile('{metricsBindAddress: "127.0.0.1:1", nftables: {masqueradeAll: true}}');
    expect(await become(both)).toEqual([
      'valid',
      'restart: the configuration file changed in what takes effect at a start only (metricsBindAddress); the rules stay until then',
    ]);
    expect(reload.configuration.nftables.masqueradeAll).toBe(false);
  });

  it('waits until the file stays the same', async () => {
    const { become } = setUp();
    expect(await become('', 'kind: [', WRONG, OTHER_PORT, MASQUERADE, MASQUERADE)).toEqual([
      'valid',
      'count applied',
      'apply nftables.masqueradeAll',
    ]);
  });

  it('waits longer before it ends the process: half of a file can be a valid one', async () => {
    const { become } = setUp();
    expect(await become(OTHER_PORT, OTHER_PORT, OTHER_PORT, MASQUERADE)).toEqual([
      'valid',
      'count applied',
      'apply nftables.masqueradeAll',
    ]);
  });

  it('is one at a time, and looks again where it was asked meanwhile', async () => {
    const { reload, become, happened } = setUp();
    const first = become(MASQUERADE);
    void reload.fileChanged();
    void reload.fileChanged();
    await first;
    expect(happened.filter(one => one.startsWith('apply'))).toHaveLength(1);
    expect(await become(SAME)).toEqual(['valid', 'count applied', 'apply nftables.masqueradeAll']);
  });
});
