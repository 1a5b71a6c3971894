import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as fileWatch from '../../../src/cli/file-watch.ts';
import { healthTimeoutMs, reconcilerTimes, watchConfiguration } from '../../../src/cli/watch-configuration.ts';
import { HealthState } from '../../../src/telemetry/health-state.ts';
import { Readiness } from '../../../src/telemetry/readiness.ts';
import { configuration, configurationFile } from '../../support/configuration.ts';
import { keptLog } from '../../support/log-lines.ts';

/** What was done, and what must not be done to the machine that the test runs on. */
const done = vi.hoisted(() => ({ happened: new Array<string>(), failures: new Array<Error>() }));
const tell = (what: string): void => void done.happened.push(what);
const tellOrFail = vi.hoisted(() => (what: string) => {
  done.happened.push(what);
  const failure = done.failures.pop();
  return failure ? Promise.reject(failure) : Promise.resolve();
});
vi.mock('../../../src/kernel/oom-score.ts', () => ({ setOomScore: (score: number) => tellOrFail(`oom ${score}`) }));
vi.mock('../../../src/cli/commands/init.ts', () => ({
  initialise: ({ conntrack }: { conntrack: { min: number } }) => tellOrFail(`initialise ${conntrack.min}`),
}));
// It is started for good: what closes it is kept here.
const running = vi.hoisted((): { close(): void }[] => []);
vi.mock('../../../src/cli/file-watch.ts', async importOriginal => {
  const { watchFile } = await importOriginal<typeof fileWatch>();
  return {
    watchFile: (...options: Parameters<typeof watchFile>) => {
      const watch = watchFile(...options);
      running.push(watch);
      return watch;
    },
  };
});
// How long it waits is a matter of config-reload.test.ts.
vi.mock('node:timers/promises', () => ({
  setTimeout: () => new Promise(resolve => void globalThis.setTimeout(resolve, 2)),
}));

const SOME =
  'nftables: {syncPeriod: 7s, minSyncPeriod: 2s}, sluice: {syncQuietPeriod: 3ms, syncMaxDelay: 4ms, verifyPeriod: 5m}';
/** What each change comes with. */
const TOLD = ['in force', 'times 30000', 'node'];

describe('what the times of a configuration are for', () => {
  it('the loop', () => {
    expect(reconcilerTimes(configuration(`{${SOME}}`))).toEqual({
      quietMs: 3,
      maxDelayMs: 4,
      minPeriodMs: 2000,
      maxRetryMs: 7000,
      verifyMs: 300_000,
    });
  });

  it('/healthz: twice the sync period', () => expect(healthTimeoutMs(configuration(`{${SOME}}`))).toBe(14_000));
});

describe('watchConfiguration', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'watch-configuration-'));
    done.happened.length = 0;
  });
  afterEach(() => {
    for (const watch of running.splice(0)) watch.close();
    rmSync(directory, { recursive: true });
  });

  /** Watches a file that had no fields when it was read, and has these now; the name of the node is by a flag. */
  function watch({ now = '', hasFile = true } = {}) {
    const path = join(directory, 'config.yaml');
    const write = (fields: string): void => {
      writeFileSync(`${path}.new`, configurationFile(`{mode: nftables, ${fields}}`));
      renameSync(`${path}.new`, path);
    };
    write(now);
    const log = keptLog();
    const registry = new Registry();
    const readiness = new Readiness();
    const health = new HealthState({ healthTimeoutMs: 1, now: () => 0 });
    watchConfiguration({
      configuration: configuration('{mode: nftables, hostnameOverride: node-a}'),
      source: { configFile: hasFile ? path : undefined, flags: new Map([['hostname-override', ['node-a']]]) },
      master: 'https://127.0.0.1:1',
      registry,
      readiness,
      live: {
        checkFamilies: next => ({
          fatal: next.clusterCIDR ? [{ field: 'clusterCIDR', message: 'x' }] : [],
          warnings: [],
        }),
        setConfiguration: () => tell('node'),
        reconciler: { setTimes: ({ maxRetryMs }) => tell(`times ${maxRetryMs}`) },
      },
      health,
      log: {
        logger: log.logger,
        setVerbosity: to => tell(`verbosity ${to}`),
        setModules: to => tell(`modules ${to.map(({ filePattern }) => filePattern).join()}`),
      },
      onApplied: () => tell('in force'),
      onRestartNeeded: ({ message }) => tell(message),
    });
    const isSaid = (text: RegExp) => vi.waitFor(() => expect(log.lines.join('\n')).toMatch(text), 5000);
    return { write, registry, readiness, health, log, isSaid };
  }

  it.each<{ readonly fields: string; readonly happens: readonly string[] }>([
    { fields: 'nftables: {masqueradeAll: true}', happens: TOLD },
    { fields: 'nftables: {syncPeriod: 9s}', happens: ['in force', 'times 9000', 'node'] },
    { fields: 'logging: {verbosity: 4}', happens: ['verbosity 4', ...TOLD] },
    { fields: 'logging: {vmodule: [{filePattern: kube, verbosity: 4}]}', happens: ['modules kube', ...TOLD] },
    { fields: 'oomScoreAdj: 5', happens: [...TOLD, 'oom 5'] },
    { fields: 'conntrack: {min: 7}', happens: [...TOLD, 'initialise 7'] },
  ])('puts in force what has changed, and nothing else: $fields', async ({ fields, happens }) => {
    const { write, registry, health, readiness, isSaid } = watch();
    await new Promise(resolve => setTimeout(resolve, 50));
    expect(done.happened).toEqual([]);
    write(fields);
    await isSaid(/its settings are in force/);
    expect(done.happened).toEqual(happens);
    expect(health.healthTimeoutMs).toBe(fields.includes('syncPeriod') ? 18_000 : 60_000);
    expect(readiness.results()).toEqual([{ name: 'configuration-valid', problem: undefined }]);
    expect(await registry.metrics()).toContain('sluice_configuration_reloads_total{result="applied"} 1\n');
  });

  it('sees what has changed since the file was read', async () => {
    const { isSaid } = watch({ now: 'nftables: {masqueradeAll: true}' });
    await isSaid(/its settings are in force/);
    expect(done.happened).toEqual(TOLD);
  });

  it.each([
    { what: 'does not fit the node', fields: 'clusterCIDR: 10.0.0.0/8', why: /clusterCIDR/ },
    { what: 'names a kubeconfig that is none', fields: 'clientConnection: {kubeconfig: /nowhere}', why: /nowhere/ },
    { what: 'is not valid', fields: 'nodePortAddresses: [everywhere]', why: /nodePortAddresses/ },
  ])('refuses what $what', async ({ fields, why }) => {
    const { write, readiness, registry, log, isSaid } = watch();
    write(fields);
    await isSaid(/is not valid; the settings of before stay/);
    expect(JSON.stringify(log.records)).toMatch(why);
    expect(readiness.results()).toMatchObject([{ problem: expect.stringContaining('not valid') as string }]);
    expect(await registry.metrics()).toContain('sluice_configuration_valid 0\n');
    expect(done.happened).toEqual([]);
  });

  it('says where a restart is needed', async () => {
    const { write, isSaid } = watch();
    write('hostnameOverride: another, bindAddressHardFail: true');
    await isSaid(/sluice ends/);
    expect(done.happened).toEqual([expect.stringContaining('(bindAddressHardFail)')]);
  });

  it('goes on where a setting of the node cannot be changed', async () => {
    const { write, log, isSaid } = watch();
    done.failures.push(new Error('EACCES'));
    write('oomScoreAdj: 5');
    await isSaid(/a setting of the node could not be changed/);
    expect(log.records).toContainEqual(expect.objectContaining({ level: 'warn', err: 'EACCES' }));
  });

  it('has nothing to watch where there is no file', async () => {
    const { readiness, registry } = watch({ hasFile: false });
    expect(readiness.results()).toEqual([]);
    expect(await registry.metrics()).toContain('sluice_configuration_valid 1\n');
    expect(running).toEqual([]);
  });
});
