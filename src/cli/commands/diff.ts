import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { lastingDifferences, type Difference } from '../../backend/difference.ts';
import { kernelDifferences } from '../../backend/nftables/kernel-difference.ts';
import type { Configuration } from '../../config/schema.ts';
import { Nft } from '../../kernel/nft.ts';
import { dumpSets } from '../../kernel/set-dump.ts';
import type { Problem } from '../../kube/types.ts';
import type { LogControl } from '../../telemetry/logger.ts';
import type { Invocation } from '../args.ts';
import { chosenNode } from '../chosen-node.ts';
import { jsonOf, textOf } from '../format-difference.ts';
import { ipvsReading } from '../ipvs-reading.ts';
import { isIpvs } from '../ipvs-settings.ts';
import { settingsOfKernel } from '../kernel-settings.ts';
import { Preview } from '../preview.ts';
import { readObjectsOfCluster, readObjectsOfFiles, type ReadObjects } from '../read-objects.ts';
import type { Surroundings } from '../surroundings.ts';
import { tellProblems } from '../tell-problems.ts';
import { reconcilerTimes } from '../watch-configuration.ts';

export interface DiffOptions {
  readonly configuration: Configuration;
  readonly master: string;
  readonly nodeName: string;
  readonly invocation: Extract<Invocation, { command: 'diff' }>;
  readonly log: LogControl;
  readonly surroundings: Surroundings;
}

/** Statuses as those of `kubectl diff`; errors end with the last one. */
export const DIFF_STATUS = { same: 0, different: 1, error: 2 } as const;

/** So long a transaction of an agent may take, besides what it waits before. */
const WRITING_MS = 500;

interface Source {
  readonly objects: () => ReadObjects;
  readonly close: () => void;
  /** What is wrong in what was read. */
  readonly problems: readonly Problem[];
  readonly notes: readonly Problem[];
}

interface Look {
  readonly differences: readonly Difference[];
  readonly problems: readonly Problem[];
}

/**
 * Compares what is desired, from manifests or from a cluster, with what this host's kernel holds, and prints what differs. Writes nothing
 * to the kernel. What an agent has just not written yet does not count: what differs is looked at a second time.
 * @returns one of {@link DIFF_STATUS}; the last also where manifests were wrong in parts, after the rest was compared
 * @throws Error where there is nothing to read from, or where the kernel cannot be read
 */
export async function diff(options: DiffOptions): Promise<number> {
  const { configuration, invocation, surroundings } = options;
  const source = await open(options);
  const { nftPath: path, runtimeDirectory } = configuration.sluice;
  const nft = new Nft({ path, runtimeDirectory });
  try {
    let look = await lookAt(source.objects(), nft, options);
    if (look.differences.length) {
      const { maxDelayMs, minPeriodMs } = reconcilerTimes(configuration);
      await sleep(maxDelayMs + minPeriodMs + WRITING_MS);
      const before = look.differences;
      look = await lookAt(source.objects(), nft, options);
      look = { ...look, differences: lastingDifferences(before, look.differences) };
    }
    const { differences, problems } = look;
    await print(invocation.output === 'json' ? jsonOf(differences) : textOf(differences), surroundings);
    tellProblems([...source.problems, ...problems, ...source.notes], surroundings);
    if (source.problems.length) return DIFF_STATUS.error;
    return differences.length ? DIFF_STATUS.different : DIFF_STATUS.same;
  } finally {
    source.close();
    nft.close();
  }
}

async function open({ configuration, master, nodeName, invocation, log, surroundings }: DiffOptions): Promise<Source> {
  const { from, node } = invocation;
  if (from.length) {
    const read = await readObjectsOfFiles(from, surroundings.stdin, configuration);
    return { objects: () => read, close: () => undefined, problems: read.problems, notes: read.notes };
  }
  const cluster = await readObjectsOfCluster({
    configuration,
    master,
    nodeName: node.name ?? nodeName,
    logger: log.logger,
  });
  return { ...cluster, problems: [], notes: [] };
}

async function lookAt(
  { index, nodes, serviceCIDRs, weights }: ReadObjects,
  nft: Nft,
  { configuration, invocation, nodeName, log: { logger } }: DiffOptions,
): Promise<Look> {
  const node = chosenNode(invocation.node, nodeName, nodes);
  const kernel = await settingsOfKernel({ configuration, node, nft, logger });
  const preview = new Preview(index, kernel.settings, serviceCIDRs, weights, kernel.localAddresses);
  const { tables, problems } = preview;
  const ipvs = isIpvs(configuration) ? await ipvsReading(nft, configuration, node, kernel, tables) : undefined;
  const differences = await kernelDifferences(tables, {
    nft,
    dump: dumpSets,
    logger,
    ...(ipvs && { beside: ipvs.servers }),
  });
  return { differences: [...differences, ...(ipvs?.waysIn ?? [])], problems };
}

const PIECE_LENGTH = 1 << 16;

/** Prints pieces as fast as they are taken. */
async function print(pieces: Iterable<string>, { stdout }: Surroundings): Promise<void> {
  let text = '';
  const flush = async (): Promise<void> => {
    if (text && !stdout.write(text)) await once(stdout, 'drain');
    text = '';
  };
  for (const piece of pieces) {
    text += piece;
    if (text.length > PIECE_LENGTH) await flush();
  }
  await flush();
}
