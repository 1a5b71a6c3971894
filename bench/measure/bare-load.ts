import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { ScratchNamespace } from '../network/bench-network.ts';
import { removeAtExit, removeNow } from '../process/leftovers.ts';
import { addCost, measuredRun, NO_COST } from '../process/measured-run.ts';
import type { Cost } from '../process/measured-run.ts';
import { TemporaryDirectory } from '../process/temporary-directory.ts';
import type { BareResult } from '../report/results.ts';

const TABLE = 'kube-proxy';
/** Elements to a transaction: fastest for nft. */
const BATCH = 10_000;
/** Short loads are repeated, and the cheapest counts: CPU is told in steps of 10 ms. */
const ELEMENTS_LOADED_ONCE = 100_000;
const REPEATS = 3;

interface Ruleset {
  /** In nft's own syntax: all but elements. */
  readonly skeleton: string;
  /** In its JSON: transactions that add the elements. */
  readonly batches: readonly string[];
  readonly elements: number;
}

type Listed = Readonly<
  Record<'set' | 'map', { family: string; table: string; name: string; elem?: unknown[] } | undefined>
>;

/**
 * Loads what a proxy has programmed once more, with nothing but nft, in a namespace of its own: first everything else,
 * then the elements as JSON. It is what the kernel and nft take for this ruleset, whoever computes it.
 * @returns undefined where the node has no such table, as with proxies that use something else
 */
export async function measureBareLoad(namespace: string, nft: string): Promise<BareResult | undefined> {
  const ruleset = await capture(namespace, nft);
  if (!ruleset) return undefined;
  const directory = removeAtExit(new TemporaryDirectory());
  try {
    const skeleton = directory.file('skeleton.nft');
    writeFileSync(skeleton, ruleset.skeleton);
    const files = ruleset.batches.map((batch, n) => {
      const file = directory.file(`${n}.json`);
      writeFileSync(file, batch);
      return file;
    });
    let best: Cost | undefined;
    for (let n = 0; n < (ruleset.elements > ELEMENTS_LOADED_ONCE ? 1 : REPEATS); n += 1) {
      const cost = await loadOnce(nft, skeleton, files);
      if (!best || cost.cpuSeconds < best.cpuSeconds) best = cost;
    }
    return { ...(best ?? NO_COST), elements: ruleset.elements };
  } finally {
    removeNow(directory);
  }
}

async function loadOnce(nft: string, skeleton: string, elementFiles: readonly string[]): Promise<Cost> {
  const scratch = removeAtExit(new ScratchNamespace());
  try {
    let cost = await measuredRun('ip', scratch.inside(nft, '-f', skeleton));
    for (const file of elementFiles)
      cost = addCost(cost, await measuredRun('ip', scratch.inside(nft, '-j', '-f', file)));
    return cost;
  } finally {
    removeNow(scratch);
  }
}

async function capture(namespace: string, nft: string): Promise<Ruleset | undefined> {
  const list = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)('ip', ['netns', 'exec', namespace, nft, ...args], {
      maxBuffer: 1 << 30,
    });
    return stdout;
  };
  const tables = (await list('list', 'tables')).split('\n');
  const families = ['ip', 'ip6'].filter(family => tables.includes(`table ${family} ${TABLE}`));
  if (!families.length) return undefined;
  let skeleton = '';
  const commands: unknown[] = [];
  let elements = 0;
  const batches: string[] = [];
  const flush = (): void => {
    if (commands.length) batches.push(JSON.stringify({ nftables: commands.splice(0) }));
  };
  for (const family of families) {
    skeleton += await list('-s', '-t', 'list', 'table', family, TABLE);
    const { nftables } = JSON.parse(await list('-j', 'list', 'table', family, TABLE)) as { nftables: Listed[] };
    for (const { set, map } of nftables) {
      const { name, elem = [] } = set ?? map ?? { name: '' };
      for (let from = 0; from < elem.length; from += BATCH) {
        const part = elem.slice(from, from + BATCH).map(plain);
        commands.push({ add: { element: { family, table: TABLE, name, elem: part } } });
        elements += part.length;
        if (part.length === BATCH) flush();
      }
    }
  }
  flush();
  return { skeleton, batches, elements };
}

/** An element as it was added: without the counters that it has collected. */
function plain(element: unknown): unknown {
  if (Array.isArray(element)) return [plain(element[0]), element[1] as unknown];
  if (element === null || typeof element !== 'object' || !('elem' in element)) return element;
  const { elem } = element as { elem: Readonly<Record<string, unknown>> };
  return elem['val'];
}
