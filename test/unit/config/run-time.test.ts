import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { changesBetween, RUN_TIME_EFFECTS } from '../../../src/config/run-time.ts';
import { configuration } from '../../support/configuration.ts';

/** The paths of all settings: of a record without fixed keys, and of a list, that of itself. */
function pathsOf(value: object, prefix = ''): readonly string[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const path = `${prefix}${key}`;
    const isSection = typeof inner === 'object' && inner !== null && !Array.isArray(inner) && key !== 'featureGates';
    return isSection ? pathsOf(inner, `${path}.`) : [path];
  });
}

/** The word for a path, which may be that of its section. */
function effectOf(path: string): unknown {
  let effects: unknown = RUN_TIME_EFFECTS;
  for (const key of path.split('.')) {
    if (typeof effects === 'string') return effects;
    effects = (effects as Readonly<Record<string, unknown>>)[key];
  }
  return effects;
}

const WORDS = new Set(['live', 'restart', 'none', 'restart in ipvs']);

describe('what may change at run time', () => {
  const all = pathsOf(configuration('healthzBindAddress: 127.0.0.1:10256'));

  it('is decided for every setting', () => {
    expect(all.length).toBeGreaterThan(60);
    expect(all.filter(path => !WORDS.has(String(effectOf(path))))).toEqual([]);
  });

  it('is decided for nothing else', () => {
    const decided = pathsOf(RUN_TIME_EFFECTS);
    expect(decided.filter(path => !all.some(one => one === path || one.startsWith(`${path}.`)))).toEqual([]);
  });
});

/** The names in the table of docs/operations.md: what is taken in at once, and what asks for a restart. */
function namesInDocs(): readonly ReadonlySet<string>[] {
  const text = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
  return ['At once', 'By ending with status 1'].map(title => {
    const row = new RegExp(`^\\| ${title}.*$`, 'm').exec(text)?.[0] ?? '';
    return new Set([...row.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
  });
}

describe('docs/operations.md', () => {
  const rows = namesInDocs();
  const ROWS: Readonly<Record<string, readonly number[]>> = {
    live: [0],
    restart: [1],
    'restart in ipvs': [1],
    none: [],
  };

  it.each(pathsOf(RUN_TIME_EFFECTS))('says what a change of %s does', path => {
    const name = path.replace(/Ms$/, '');
    // By its path, by its own name, or else by that of its section.
    const names = [name, name.replace(/^.*\./, ''), name.replace(/\..*$/, '')];
    const spelling = names.find(one => rows.some(row => row.has(one))) ?? '';
    const found = rows.flatMap((row, i) => (row.has(spelling) ? [i] : []));
    expect(found).toEqual(ROWS[String(effectOf(path))]);
  });
});

describe('changesBetween', () => {
  it.each<{ fields: string; live?: readonly string[]; restart?: readonly string[]; none?: readonly string[] }>([
    { fields: '' },
    { fields: 'nodePortAddresses: [10.0.0.0/8]', live: ['nodePortAddresses'] },
    { fields: 'clusterCIDR: 10.244.0.0/16', live: ['clusterCIDR'] },
    { fields: '{detectLocalMode: NodeCIDR}', live: ['detectLocalMode'] },
    {
      fields: '{detectLocalMode: BridgeInterface, detectLocal: {bridgeInterface: cni0}}',
      live: ['detectLocalMode', 'detectLocal.bridgeInterface'],
    },
    {
      fields: 'nftables: {syncPeriod: 40s, minSyncPeriod: 2s, masqueradeAll: true, masqueradeBit: 3}',
      live: ['nftables.masqueradeBit', 'nftables.masqueradeAll', 'nftables.syncPeriod', 'nftables.minSyncPeriod'],
    },
    {
      fields: 'logging: {verbosity: 4, vmodule: [{filePattern: kube, verbosity: 6}]}',
      live: ['logging.verbosity', 'logging.vmodule'],
    },
    {
      fields: 'conntrack: {min: 7, tcpEstablishedTimeout: 1h}',
      live: ['conntrack.min', 'conntrack.tcpEstablishedTimeout'],
    },
    { fields: 'oomScoreAdj: -5', live: ['oomScoreAdj'] },
    { fields: 'sluice: {verifyPeriod: 1m, syncMaxDelay: 1s}', live: ['sluice.syncMaxDelay', 'sluice.verifyPeriod'] },
    { fields: 'sluice: {nftPath: nft2, monitorTables: false}', restart: ['sluice.monitorTables', 'sluice.nftPath'] },
    { fields: 'mode: iptables', live: ['nodePortAddresses'], restart: ['mode'] },
    { fields: 'logging: {format: json}', restart: ['logging.format'] },
    { fields: 'metricsBindAddress: 127.0.0.1:1', restart: ['metricsBindAddress'] },
    {
      fields: 'clientConnection: {kubeconfig: /x, qps: 7}',
      restart: ['clientConnection.kubeconfig'],
      none: ['clientConnection.qps'],
    },
    { fields: 'featureGates: {A: true}', restart: ['featureGates'] },
    { fields: 'winkernel: {sourceVip: 10.0.0.1}', none: ['winkernel'] },
    { fields: 'ipvs: {scheduler: wrr, tcpTimeout: 3s}', none: ['ipvs.scheduler', 'ipvs.tcpTimeout'] },
    { fields: '{configSyncPeriod: 1m, portRange: 1-2}', none: ['configSyncPeriod', 'portRange'] },
  ])('$fields', ({ fields, live = [], restart = [], none = [] }) => {
    expect(changesBetween(configuration(), configuration(fields))).toEqual({ live, restart, none });
  });

  it('restarts for settings of IPVS in mode ipvs', () => {
    const before = configuration('mode: ipvs');
    const after = configuration('{mode: ipvs, ipvs: {scheduler: wrr, syncPeriod: 9s}}');
    expect(changesBetween(before, after)).toEqual({ live: ['ipvs.syncPeriod'], restart: ['ipvs.scheduler'], none: [] });
  });
});
