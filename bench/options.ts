import { parseArgs } from 'node:util';
import type { Size } from './cluster/synthetic-cluster.ts';
import type { MeasureOptions } from './measure/measure-size.ts';
import type { Mode } from './proxy/proxy-config.ts';

export interface Options extends MeasureOptions {
  readonly sizes: readonly Size[];
  /** Sizes at which the other layouts are loaded, where that does not take minutes. */
  readonly layoutSizes: readonly Size[];
  /** Sizes at which another program changes the table. */
  readonly repairSizes: readonly Size[];
  /** How often in each way. */
  readonly repeats: number;
  /** Numbers of Services at which connections are measured. */
  readonly dataPathServices: readonly number[];
  readonly isFull: boolean;
  /** The directory of the results. */
  readonly output: string;
  /** Print the results as JSON instead of tables. */
  readonly isJson: boolean;
}

const STANDARD = '1000x5,5000x5,10000x5,30000x5,10000x10,5000x50';
const QUICK = '300x5,1000x5';
/** The size of the repairs where no other is asked for. */
const [REPAIRS, QUICK_REPAIRS] = ['10000x5', '300x5'];
const PARTS = ['proxy', 'layouts', 'repair', 'datapath'];

export const USAGE = `bench/run.ts [--proxy COMMAND] [--sizes 1000x5,5000x5] [--full] [--quick] ...
  --proxy COMMAND     a shell command with kube-proxy's command line; dist/sluice if absent
  --mode MODE         nftables (the default), iptables or ipvs
  --sizes SxE,...     Services x endpoints of each; ${STANDARD} if absent
  --full              the other layouts also where they take minutes
  --quick             small sizes and few repeats: whether everything works
  --only PART,...     proxy, layouts, repair, datapath
  --changes N         single changes at each size (200)
  --pause MS          between them (40); give a proxy with a minSyncPeriod of 1 s 1200
  --burst N           Services that change at once (500)
  --repeats N         how often another program changes the table, in each way (3)
  --idle SECONDS      (30)
  --within SECONDS    deadline for a load (900)
  --min-sync PERIOD   minSyncPeriod of the proxy's configuration; its own default if absent
  --nft PATH          the nft to use; the one in PATH if absent
  --output DIRECTORY  for the results (bench/results)
  --json              print the results as JSON instead of tables`;

/** Reads the command line. @throws Error that says what is wrong with it */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      proxy: { type: 'string' },
      mode: { type: 'string', default: 'nftables' },
      sizes: { type: 'string' },
      full: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: PARTS.join() },
      changes: { type: 'string' },
      pause: { type: 'string', default: '40' },
      burst: { type: 'string', default: '500' },
      repeats: { type: 'string' },
      idle: { type: 'string' },
      within: { type: 'string', default: '900' },
      'min-sync': { type: 'string' },
      nft: { type: 'string', default: 'nft' },
      output: { type: 'string', default: 'bench/results' },
      json: { type: 'boolean', default: false },
    },
  });
  const { full, quick } = values;
  const parts = values.only.split(',');
  const unknown = parts.filter(part => !PARTS.includes(part));
  if (unknown.length) throw new Error(`--only: no such part: ${unknown.join(', ')}`);
  const sizes = sizesOf(values.sizes ?? (quick ? QUICK : STANDARD));
  return {
    proxy: values.proxy || process.env['PROXY'] || `${process.cwd()}/dist/sluice`,
    mode: modeOf(values.mode),
    minSyncPeriod: values['min-sync'],
    nft: values.nft,
    sizes: parts.includes('proxy') ? sizes : [],
    layoutSizes: parts.includes('layouts') ? sizes : [],
    repairSizes: parts.includes('repair') ? sizesOf(values.sizes ?? (quick ? QUICK_REPAIRS : REPAIRS)) : [],
    repeats: number('--repeats', values.repeats ?? (quick ? '1' : '3')),
    dataPathServices: parts.includes('datapath') ? (quick ? [100, 1000] : [100, 1000, 10_000]) : [],
    isFull: full,
    changes: number('--changes', values.changes ?? (quick ? '20' : '200')),
    pauseMs: number('--pause', values.pause),
    burst: number('--burst', values.burst),
    idleSeconds: number('--idle', values.idle ?? (quick ? '3' : '30')),
    withinSeconds: number('--within', values.within),
    output: values.output,
    isJson: values.json,
  };
}

function sizesOf(text: string): readonly Size[] {
  return text.split(',').map(part => {
    const [, services, endpointsEach] = /^(\d+)x(\d+)$/.exec(part) ?? [];
    if (services === undefined || !Number(services) || !Number(endpointsEach)) {
      throw new Error(`--sizes: not SERVICESxENDPOINTS: ${part}`);
    }
    return { services: Number(services), endpointsEach: Number(endpointsEach) };
  });
}

function modeOf(text: string): Mode {
  if (text === 'nftables' || text === 'iptables' || text === 'ipvs') return text;
  throw new Error(`--mode: neither nftables nor iptables nor ipvs: ${text}`);
}

function number(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) throw new Error(`${option}: not a number: ${text}`);
  return value;
}
