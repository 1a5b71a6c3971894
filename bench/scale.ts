// Measures a service proxy at scale, from the outside: an effect counts when packets show it. The same run for any
// proxy, so that two can be compared.
//
//   scripts/node bench/scale.ts --proxy dist/sluice --services 5000 --endpoints 5
//
// Prints one line a figure and, with --json, writes them to a file. Needs root.

import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { NODE, node, PEER_NAME } from '../test/conformance/builders.ts';
import { METRICS_PORT } from '../test/conformance/lib/config.ts';
import { sleep } from '../test/conformance/lib/exec.ts';
import { Usage } from '../test/conformance/lib/usage.ts';
import type { Cpu } from '../test/conformance/lib/usage.ts';
import { World } from '../test/conformance/lib/world.ts';
import { Load } from './load.ts';

const { values: options } = parseArgs({
  options: {
    proxy: { type: 'string', default: process.env['PROXY'] ?? '' },
    mode: { type: 'string', default: 'nftables' },
    nft: { type: 'string' }, // the nft that the proxy finds in its PATH
    services: { type: 'string', default: '1000' },
    endpoints: { type: 'string', default: '5' },
    changes: { type: 'string', default: '30' }, // single changes, one after the other
    burst: { type: 'string', default: '500' }, // services that change at once
    idle: { type: 'string', default: '15' }, // seconds
    within: { type: 'string', default: '900' }, // deadline for the load, in seconds
    'min-sync': { type: 'string' }, // minSyncPeriod; the proxy's own default if absent
    json: { type: 'string' },
  },
});
const { proxy, nft } = options;
const mode = options.mode === 'ipvs' ? 'ipvs' : 'nftables';
const load = new Load(Number(options.services), Number(options.endpoints));
const CHANGES = Number(options.changes);
const BURST = Math.min(Number(options.burst), load.services);
const IDLE_SECONDS = Number(options.idle);
const WITHIN_SECONDS = Number(options.within);
/** Of those that change in the burst, so many are asked whether they did. */
const BURST_PROBED = 8;
const SCRAPES = 5;
const SCRAPE_PAUSE_MS = 3000;
const MB = 1e6;

const figures: Record<string, unknown> = { proxy, mode, services: load.services, endpoints: load.endpoints };

function report(name: string, value: number, unit: string): void {
  figures[name] = value;
  console.log(`${name.padEnd(34)} ${value.toFixed(value < 10 ? 3 : 1)} ${unit}`);
}

const secondsSince = (began: number): number => (performance.now() - began) / 1000;

const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? NaN;

const world = new World({ command: proxy, mode, nft });

async function whoAnswers(i: number): Promise<string | undefined> {
  const attempt = { host: load.clusterIP(i), port: 80, family: 4 as const, timeout: 250 };
  const [seen] = await world.outpost('pod-b').call('probe', attempt);
  return seen?.error === undefined ? seen?.who : undefined;
}

/** Waits until each of the services is answered by its newest endpoint; resolves to the seconds it took. */
async function inEffect(services: readonly number[], within: number, pauseMs = 0): Promise<number> {
  const began = performance.now();
  let open = services;
  while (open.length) {
    world.mustRun();
    const answers = await Promise.all(open.map(whoAnswers));
    open = open.filter((i, n) => answers[n] !== load.hostOf(i));
    if (open.length && secondsSince(began) > within) {
      throw new Error(`${open.length} of ${services.length} services were not in effect after ${within} s`);
    }
    if (open.length && pauseMs) await sleep(pauseMs);
  }
  return secondsSince(began);
}

function change(i: number): void {
  world.api.store.apply(load.changedSlice(i));
}

const secondsSpent = (usage: Usage, before: Cpu): number => usage.cpu().together - before.together;

/** Waits until the proxy has been quiet for two seconds. */
async function quiet(usage: Usage): Promise<void> {
  let last = usage.cpu().together;
  for (let still = 0; still < 4;) {
    await sleep(500);
    const now = usage.cpu().together;
    still = now - last < 0.06 ? still + 1 : 0;
    last = now;
  }
}

async function measureLoad(): Promise<Usage> {
  world.proxy.start();
  const usage = new Usage(world.proxy.pid);
  report('load.seconds', await inEffect(load.probed, WITHIN_SECONDS, 100), 's');
  const cpu = usage.cpu();
  report('load.cpu', cpu.together, 's');
  report('load.cpu.children', cpu.children, 's');
  await quiet(usage);
  report('load.cpu.settled', usage.cpu().together, 's');
  report('load.peak', usage.peak.together / MB, 'MB');
  report('load.peak.own', usage.peak.own / MB, 'MB');
  report('load.peak.children', usage.peak.children / MB, 'MB');
  return usage;
}

async function measureChanges(usage: Usage): Promise<void> {
  const before = usage.cpu();
  const latencies: number[] = [];
  for (let n = 0; n < CHANGES; n += 1) {
    const i = load.probedAt(n);
    change(i);
    latencies.push(1000 * (await inEffect([i], 60)));
    await sleep(1200);
  }
  latencies.sort((a, b) => a - b);
  report('change.p50', quantile(latencies, 0.5), 'ms');
  report('change.p99', quantile(latencies, 0.99), 'ms');
  report('change.cpu', (1000 * secondsSpent(usage, before)) / CHANGES, 'ms');
}

async function measureBurst(usage: Usage): Promise<void> {
  await quiet(usage);
  const before = usage.cpu();
  const spread = Array.from({ length: BURST }, (_, n) => Math.floor((n * load.services) / BURST));
  const ends = load.probed.slice(-BURST_PROBED);
  for (const i of [...spread.filter(i => !load.isProbed(i)), ...ends]) change(i);
  report('burst.seconds', await inEffect(ends, 120), 's');
  await quiet(usage);
  report('burst.cpu', secondsSpent(usage, before), 's');
}

async function measureIdle(usage: Usage): Promise<void> {
  const before = usage.cpu();
  await sleep(IDLE_SECONDS * 1000);
  report('idle.cpu', (100 * secondsSpent(usage, before)) / IDLE_SECONDS, '% of a core');
  report('rss', usage.rss() / MB, 'MB');
}

/** What Prometheus costs the proxy: it asks again and again, and is answered in the time of one packet's way and of the answer itself. */
async function measureScrapes(usage: Usage): Promise<void> {
  await quiet(usage);
  const url = `http://${NODE.v4}:${METRICS_PORT}/metrics`;
  const before = usage.cpu();
  const durations: number[] = [];
  let bytes = 0;
  for (let n = 0; n < SCRAPES; n += 1) {
    const began = performance.now();
    const answer = await world.outpost('node').call('httpGet', { url });
    durations.push(performance.now() - began);
    if (answer.status !== 200) throw new Error(`/metrics: ${answer.error ?? answer.status}`);
    bytes = answer.body.length;
    await sleep(SCRAPE_PAUSE_MS);
  }
  await quiet(usage);
  durations.sort((a, b) => a - b);
  report('scrape.p50', quantile(durations, 0.5), 'ms');
  report('scrape.max', quantile(durations, 1), 'ms');
  report('scrape.bytes', bytes, 'bytes');
  report('scrape.cpu', (1000 * secondsSpent(usage, before)) / SCRAPES, 'ms');
}

async function measureRestart(): Promise<void> {
  await world.proxy.stop('SIGTERM');
  const last = load.probedAt(-1);
  change(last);
  world.proxy.start();
  const usage = new Usage(world.proxy.pid);
  report('restart.seconds', await inEffect([last], WITHIN_SECONDS, 20), 's');
  await quiet(usage);
  report('restart.cpu', usage.cpu().together, 's');
  report('restart.peak', usage.peak.together / MB, 'MB');
  usage.stop();
}

async function measure(): Promise<void> {
  const config = { [mode]: { minSyncPeriod: options['min-sync'] ?? null, syncPeriod: null } };
  const log = join(await mkdtemp(join(tmpdir(), 'scale-')), 'proxy.log');
  await world.prepare({ objects: [node(), node(PEER_NAME), ...load.objects()], config, log });
  console.log(`log: ${log}`);
  const usage = await measureLoad();
  await measureChanges(usage);
  await measureBurst(usage);
  await measureScrapes(usage);
  await measureIdle(usage);
  usage.stop();
  await measureRestart();
}

try {
  if (!proxy) throw new Error('no proxy to measure: give --proxy or set PROXY');
  await world.create();
  await measure();
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(figures, null, 2)}\n`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if (world.hasProxy) console.error(await world.proxy.tail(20));
  process.exitCode = 1;
} finally {
  await world.destroy();
}
process.exit();
