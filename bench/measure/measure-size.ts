import { setTimeout as sleep } from 'node:timers/promises';
import type { Size } from '../cluster/synthetic-cluster.ts';
import { removeNow } from '../process/leftovers.ts';
import type { SizeResult } from '../report/results.ts';
import { measureBareLoad } from './bare-load.ts';
import { measureBurst, measureChanges } from './changes.ts';
import { measureLoad } from './load.ts';
import { measureRestarts } from './restart.ts';
import { Stage } from './stage.ts';
import type { ProxyOptions } from './stage.ts';
import { Usage, cpuBetween } from '../proxy/usage.ts';

export interface MeasureOptions extends ProxyOptions {
  /** Single changes, one after the other. */
  readonly changes: number;
  /** Between the end of one and the next; a proxy with a minSyncPeriod of its own needs more than that. */
  readonly pauseMs: number;
  /** Services that change at once. */
  readonly burst: number;
  readonly idleSeconds: number;
  /** How long the proxy may take for the load. */
  readonly withinSeconds: number;
}

const MAX_LAG = 'nodejs_eventloop_lag_max_seconds';

/** Measures a proxy at one size of cluster, from its start to its restart. @throws Error where it does not do its work */
export async function measureSize(
  size: Size,
  options: MeasureOptions,
  progress: (what: string) => void,
): Promise<SizeResult> {
  const stage = new Stage(size, options);
  try {
    progress('API server');
    const bytes = await stage.open();
    const { seconds: drainSeconds } = await stage.nodeSide.call('drain', API);

    progress('start to programmed');
    const startedAt = stage.proxy.start();
    const usage = new Usage(stage.proxy.pid);
    const load = await measureLoad(stage, usage, startedAt, options.withinSeconds);
    const loadLagSeconds = await stage.metric(MAX_LAG);

    progress('bare load of the same elements');
    const bare = await measureBareLoad(stage.network.namespace('node'), options.nft);

    progress(`${options.changes} single changes`);
    const change = await measureChanges(stage, usage, options);
    progress(`${options.burst} changes at once`);
    const burst = await measureBurst(stage, usage, options);
    const laterLagSeconds = await stage.metric(MAX_LAG);

    progress(`${options.idleSeconds} s idle`);
    const before = usage.cpu;
    await sleep(options.idleSeconds * 1000);
    const idleShare = cpuBetween(before, usage.cpu).together / options.idleSeconds;
    const memory = { residentBytes: usage.residentBytes, peak: usage.peak };
    usage.stop();

    progress('restarts');
    const restart = await measureRestarts(stage, options);
    return {
      ...size,
      endpoints: stage.cluster.endpointCount,
      api: { bytes, drainSeconds },
      load,
      bare,
      change,
      burst,
      idleShare,
      memory,
      restart,
      lagSeconds: { load: loadLagSeconds, changes: laterLagSeconds },
    };
  } catch (error) {
    throw new Error(`${String(error)}\nthe proxy's log:\n${stage.proxy.tail()}`, { cause: error });
  } finally {
    removeNow(stage);
  }
}

const API = { host: '127.0.0.1', port: 6443 };
