import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { measuredRun } from '../process/measured-run.ts';
import { cpuSeconds, isAsleep } from '../process/proc-stat.ts';
import { Usage } from '../proxy/usage.ts';
import type { RestartResult } from '../report/results.ts';
import { secondsBetween } from './load.ts';
import { untilQuiet } from './quiet.ts';
import type { Stage } from './stage.ts';

const WITHIN_MS = 900_000;
const MARK = 'bench-mark';
const PROBING = { width: 1, paceMs: 5, timeoutMs: WITHIN_MS };

/**
 * Ends the proxy and starts it over the kernel that it programmed, twice. Once watched by `nft monitor`, to see what it
 * writes where nothing has changed; once with a change made meanwhile and unwatched, for a watcher takes CPU of its own,
 * to see when that change is in effect.
 */
export async function measureRestarts(stage: Stage, { nft }: { nft: string }): Promise<RestartResult> {
  await stage.proxy.stop();
  const unchanged = await writtenByRestart(stage, nft);
  await stage.proxy.stop();

  const last = stage.cluster.sampled.at(-1) ?? 0;
  await stage.change([last]);
  const startedAt = stage.proxy.start();
  const usage = new Usage(stage.proxy.pid);
  const [at = startedAt] = await stage.answered([last], PROBING);
  await untilQuiet(usage, 900);
  const result = {
    commitsUnchanged: unchanged.commits,
    objectsUnchanged: unchanged.objects,
    seconds: secondsBetween(startedAt, at),
    cpuSeconds: usage.cpu.together,
    peak: usage.peak,
    residentBytes: usage.residentBytes,
  };
  usage.stop();
  return result;
}

interface Written {
  readonly commits: number;
  /** Elements, rules, chains and so on. */
  readonly objects: number;
}

/**
 * What a restart writes where nothing has changed. When a proxy is done with nothing cannot be seen; so a change follows,
 * and one more, and what the second one took is taken off.
 */
async function writtenByRestart(stage: Stage, nft: string): Promise<Written> {
  const monitor = await Monitor.start(stage.network.namespace('node'), nft);
  stage.proxy.start();
  const usage = new Usage(stage.proxy.pid);
  const [i = 0] = stage.cluster.sampled;
  const change = async (): Promise<Written> => {
    await Promise.race([untilQuiet(usage, 900), stage.proxy.mustNotEnd()]);
    await stage.change([i]);
    await stage.answered([i], PROBING);
    await untilQuiet(usage, 900);
    return monitor.written;
  };
  const one = await change();
  const two = await change();
  usage.stop();
  await monitor.stop();
  return { commits: 2 * one.commits - two.commits, objects: 2 * one.objects - two.objects };
}

/** Counts what is committed in a namespace. */
class Monitor {
  readonly #nft: (...args: string[]) => string[];
  readonly #child;
  #lines: string[] = [];
  #rest = '';

  private constructor(namespace: string, nft: string) {
    this.#nft = (...args) => ['netns', 'exec', namespace, nft, ...args];
    this.#child = spawn('ip', this.#nft('monitor'), { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#child.stdout.on('data', (chunk: Buffer) => {
      const lines = (this.#rest + chunk.toString()).split('\n');
      this.#rest = lines.pop() ?? '';
      this.#lines.push(...lines);
    });
  }

  static async start(namespace: string, nft: string): Promise<Monitor> {
    const monitor = new Monitor(namespace, nft);
    await monitor.#settled();
    await monitor.#mark('add');
    monitor.#lines = [];
    return monitor;
  }

  /** It first reads the whole ruleset, and begins anew if anyone commits meanwhile: nobody may until it is done. */
  async #settled(): Promise<void> {
    const { pid = 0 } = this.#child;
    for (let last = -1, still = 0; still < 5;) {
      await sleep(100);
      const now = cpuSeconds(pid).own;
      still = now === last && isAsleep(pid) ? still + 1 : 0;
      last = now;
    }
  }

  /** A commit of our own, which shows that all before it was heard of. */
  async #mark(verb: 'add' | 'delete'): Promise<void> {
    await measuredRun('ip', this.#nft(verb, 'table', 'ip', MARK));
    const deadline = performance.now() + 30_000;
    while (!this.#lines.some(line => line.startsWith(verb) && line.includes(MARK))) {
      if (performance.now() > deadline) throw new Error('nft monitor does not show what is committed');
      await sleep(20);
    }
    await sleep(100);
  }

  /** What others have committed since the start. */
  get written(): Written {
    const generations = this.#lines.filter(line => line.startsWith('# new generation')).length;
    const objects = this.#lines.filter(line => /^(?:add|delete|insert|replace|create|destroy) /.test(line)).length;
    return { commits: generations, objects };
  }

  /** Ends it. @throws Error where it has lost touch, so that it may have missed something */
  async stop(): Promise<void> {
    await this.#mark('delete');
    this.#child.kill();
    await once(this.#child, 'close');
  }
}
