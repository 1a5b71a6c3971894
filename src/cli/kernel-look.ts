import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { lastingDifferences, type Difference } from '../backend/difference.ts';
import { kernelDifferences } from '../backend/nftables/kernel-difference.ts';
import type { Configuration } from '../config/schema.ts';
import type { Nft } from '../kernel/nft.ts';
import { dumpSets } from '../kernel/set-dump.ts';
import type { Problem } from '../kube/types.ts';
import type { RenderNode } from './args.ts';
import { chosenNode } from './chosen-node.ts';
import { ipvsReading } from './ipvs-reading.ts';
import { isIpvs } from './ipvs-settings.ts';
import { settingsOfKernel } from './kernel-settings.ts';
import { Preview } from './preview.ts';
import type { ReadObjects } from './read-objects.ts';
import { reconcilerTimes } from './watch-configuration.ts';

/** What is desired, now and a moment later. */
export interface LookSource {
  readonly objects: () => ReadObjects;
  /** Services that have changed since this was last asked. */
  readonly takeTouched: () => ReadonlySet<string>;
}

export interface LookOptions {
  readonly configuration: Configuration;
  /** Of this host, where `node` names no other. */
  readonly nodeName: string;
  readonly node: RenderNode;
  readonly nft: Nft;
  readonly logger: Logger;
}

export interface Look {
  readonly differences: readonly Difference[];
  /** What is wrong with Services. */
  readonly problems: readonly Problem[];
}

/** So long a transaction of an agent may take, besides what it waits before. */
const WRITING_MS = 500;

/** Where a Service changes all the time, what an agent is about to write may be the same by chance at two looks. */
const MOST_LOOKS = 5;

/**
 * Compares the kernel with what is desired. Where anything differs it looks a second time, in case an agent was about to write it, and again
 * where that is of a Service that has changed meanwhile.
 * @returns what differed each time. @throws Error where the kernel cannot be read
 */
export async function lookUntilSettled(source: LookSource, options: LookOptions): Promise<Look> {
  const { maxDelayMs, minPeriodMs } = reconcilerTimes(options.configuration);
  source.takeTouched();
  let look = await lookAt(source.objects(), options);
  for (let looks = 1; look.differences.length && looks < MOST_LOOKS; looks += 1) {
    await sleep(maxDelayMs + minPeriodMs + WRITING_MS);
    const next = await lookAt(source.objects(), options);
    look = { ...next, differences: lastingDifferences(look.differences, next.differences) };
    const touched = source.takeTouched();
    if (!look.differences.some(({ owner }) => owner !== undefined && touched.has(owner))) break;
  }
  return look;
}

async function lookAt(
  { index, nodes, serviceCIDRs, weights }: ReadObjects,
  { configuration, node: given, nodeName, nft, logger }: LookOptions,
): Promise<Look> {
  const node = chosenNode(given, nodeName, nodes);
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
