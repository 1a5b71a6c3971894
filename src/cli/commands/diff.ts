import { once } from 'node:events';
import type { Configuration } from '../../config/schema.ts';
import { Nft } from '../../kernel/nft.ts';
import type { Problem } from '../../kube/types.ts';
import type { LogControl } from '../../telemetry/logger.ts';
import type { Invocation } from '../args.ts';
import { jsonOf, textOf } from '../format-difference.ts';
import { lookUntilSettled, type LookSource } from '../kernel-look.ts';
import { readObjectsOfCluster, readObjectsOfFiles } from '../read-objects.ts';
import type { Surroundings } from '../surroundings.ts';
import { tellProblems } from '../tell-problems.ts';

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

interface Source extends LookSource {
  readonly close: () => void;
  /** What is wrong in what was read. */
  readonly problems: readonly Problem[];
  readonly notes: readonly Problem[];
}

/**
 * Compares what is desired, from manifests or from a cluster, with what this host's kernel holds, and prints what differs. Writes nothing
 * to the kernel. What an agent has just not written yet does not count: what differs is looked at a second time.
 * @returns one of {@link DIFF_STATUS}; the last also where manifests were wrong in parts, after the rest was compared
 * @throws Error where there is nothing to read from, or where the kernel cannot be read
 */
export async function diff(options: DiffOptions): Promise<number> {
  const { configuration, nodeName, invocation, log, surroundings } = options;
  const { logger } = log;
  const { node } = invocation;
  const source = await open(options);
  const { nftPath: path, runtimeDirectory } = configuration.sluice;
  const nft = new Nft({ path, runtimeDirectory });
  try {
    const { differences, problems } = await lookUntilSettled(source, { configuration, nodeName, node, nft, logger });
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
    const { problems, notes } = read;
    return { objects: () => read, takeTouched: () => new Set(), close: () => undefined, problems, notes };
  }
  let touched = new Set<string>();
  const cluster = await readObjectsOfCluster({
    configuration,
    master,
    nodeName: node.name ?? nodeName,
    logger: log.logger,
    onServices: owners => owners.forEach(owner => touched.add(owner)),
  });
  const takeTouched = (): ReadonlySet<string> => {
    const taken = touched;
    touched = new Set();
    return taken;
  };
  return { ...cluster, takeTouched, problems: [], notes: [] };
}

const PIECE_LENGTH = 1 << 16;

/** Prints pieces as fast as they are taken, and no more where the reader has gone: `diff | head`. */
async function print(pieces: Iterable<string>, { stdout }: Surroundings): Promise<void> {
  let text = '';
  const flush = async (): Promise<void> => {
    if (text && !stdout.write(text)) await once(stdout, 'drain');
    text = '';
  };
  try {
    for (const piece of pieces) {
      text += piece;
      if (text.length > PIECE_LENGTH) await flush();
    }
    await flush();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}
