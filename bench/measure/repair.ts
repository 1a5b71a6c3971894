import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Size } from '../cluster/synthetic-cluster.ts';
import { removeNow } from '../process/leftovers.ts';
import { cpuBetween, Usage } from '../proxy/usage.ts';
import type { RepairResult } from '../report/results.ts';
import { quantile } from './changes.ts';
import { measureLoad } from './load.ts';
import { untilQuiet } from './quiet.ts';
import { Stage, type ProxyOptions } from './stage.ts';
import { TAMPERINGS, type Tampering } from './tampering.ts';

const WITHIN_MS = 60_000;
/** So that it takes little of the CPU that repairs need. */
const PROBING = { width: 2, paceMs: 5, timeoutMs: WITHIN_MS, answerMs: 20 };
/** A proxy that repairs at once may do so rarely only. */
const PAUSE_MS = 9_000;

export interface RepairOptions extends ProxyOptions {
  readonly withinSeconds: number;
  /** How often each of the damages is done. */
  readonly repeats: number;
}

/**
 * Has another program change the table of a proxy that has loaded a cluster, in one way after the other, and waits until it has been put
 * right: until packets of all Services that are sampled are answered as they should be. Then the whole table is compared.
 * @returns undefined where the node has no such table, as with proxies that use something else
 * @throws Error where it is not put right within a minute, or the table is not what it was before
 */
export async function measureRepairs(
  size: Size,
  options: RepairOptions,
  progress: (what: string) => void,
): Promise<RepairResult | undefined> {
  const stage = new Stage(size, options);
  try {
    await stage.open();
    const startedAt = stage.proxy.start();
    const usage = new Usage(stage.proxy.pid);
    await measureLoad(stage, usage, startedAt, options.withinSeconds);
    const table = new NodeTable(stage.network.namespace('node'), options.nft);
    const before = await table.content();
    if (before === undefined) return undefined;
    const cases: RepairResult['cases'][number][] = [];
    for (const tampering of TAMPERINGS) {
      progress(tampering.name);
      const [times, cpu]: [number[], number[]] = [[], []];
      for (let n = 0; n < options.repeats; n += 1) {
        await Promise.race([sleep(PAUSE_MS), stage.proxy.mustNotEnd()]);
        await untilQuiet(usage);
        const spent = usage.cpu;
        times.push(await repairedAfter(tampering, stage, table));
        await untilQuiet(usage);
        cpu.push(cpuBetween(spent, usage.cpu).together * 1000);
        if ((await table.content()) !== before)
          throw new Error(`${tampering.name}: the table is not what it was before`);
      }
      cases.push({ name: tampering.name, p50Ms: median(times), maxMs: Math.max(...times), cpuMs: median(cpu) });
    }
    usage.stop();
    return { ...size, cases };
  } catch (error) {
    throw new Error(`${String(error)}\nthe proxy's log:\n${stage.proxy.tail()}`, { cause: error });
  } finally {
    removeNow(stage);
  }
}

const median = (values: readonly number[]): number =>
  quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );

/** @returns milliseconds from the end of the program that tampered */
async function repairedAfter({ script }: Tampering, stage: Stage, table: NodeTable): Promise<number> {
  const { cluster } = stage;
  const [service = 0] = cluster.sampled;
  await table.apply(script(service, cluster.endpointsOf(service)[0] ?? ''));
  const began = process.hrtime.bigint();
  const times = await stage.answered(cluster.sampled, PROBING);
  return Number(times.reduce((a, b) => (a > b ? a : b)) - began) / 1e6;
}

/** The table in the node's namespace, as nft sees it. */
class NodeTable {
  readonly #nft: (...args: string[]) => string[];

  constructor(namespace: string, nft: string) {
    this.#nft = (...args) => ['netns', 'exec', namespace, nft, ...args];
  }

  async apply(script: string): Promise<void> {
    const child = promisify(execFile)('ip', this.#nft('-f', '-'));
    child.child.stdin?.end(script);
    await child;
  }

  /** All that is in it but for counters, in an order of its own; undefined where there is no such table. */
  async content(): Promise<string | undefined> {
    const list = async (...args: string[]): Promise<string> =>
      (await promisify(execFile)('ip', this.#nft(...args), { maxBuffer: 1 << 30 })).stdout;
    if (!(await list('list', 'tables')).split('\n').includes('table ip kube-proxy')) return undefined;
    const text = (await list('-s', 'list', 'table', 'ip', 'kube-proxy')).replace(/ counter packets \d+ bytes \d+/g, '');
    return text
      .split(/[\n,]/)
      .map(line => line.replace('elements = {', '').replace(/ \}$/, '').trim())
      .toSorted()
      .join('\n');
  }
}
