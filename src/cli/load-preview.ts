import type { Configuration } from '../config/schema.ts';
import type { Problem } from '../kube/types.ts';
import { FAMILIES } from '../model/ip.ts';
import type { LogControl } from '../telemetry/logger.ts';
import type { RenderNode } from './args.ts';
import { chosenNode } from './chosen-node.ts';
import { nodeSettingsOf } from './node-settings.ts';
import { Preview } from './preview.ts';
import { readObjectsOfCluster, readObjectsOfFiles, type ReadObjects } from './read-objects.ts';
import type { Surroundings } from './surroundings.ts';

/** Where the objects come from, and for which node. */
export interface PreviewSource {
  readonly configuration: Configuration;
  readonly master: string;
  /** Of this host, where `node` names no other. */
  readonly nodeName: string;
  readonly node: RenderNode;
  /** Files, folders, `-` for the standard input; empty: a cluster. */
  readonly from: readonly string[];
  readonly log: LogControl;
  readonly surroundings: Pick<Surroundings, 'stdin'>;
  /** Of a cluster: Services that may have changed since it was loaded. */
  readonly onServices?: (preview: Preview, owners: readonly string[]) => void;
}

export interface LoadedPreview {
  readonly preview: Preview;
  /** What is wrong in the objects now. */
  readonly problems: () => readonly Problem[];
  /** Ends the connections to the cluster. */
  readonly close: () => void;
}

/**
 * The desired state, from manifests or from a cluster; touches no kernel and needs no root.
 * @throws Error where there is nothing to read from
 */
export const loadPreview = (source: PreviewSource): Promise<LoadedPreview> =>
  source.from.length ? loadFiles(source) : loadCluster(source);

async function loadFiles(source: PreviewSource): Promise<LoadedPreview> {
  const objects = await readObjectsOfFiles(source.from, source.surroundings.stdin, source.configuration);
  const preview = previewOf(source, objects);
  return {
    preview,
    problems: () => [...objects.problems, ...preview.problems, ...objects.notes],
    close: () => undefined,
  };
}

function previewOf(
  { configuration, node: given, nodeName }: PreviewSource,
  { index, nodes, serviceCIDRs, weights }: ReadObjects,
): Preview {
  const node = chosenNode(given, nodeName, nodes);
  return new Preview(index, nodeSettingsOf(configuration, node.name, node, FAMILIES), serviceCIDRs, weights);
}

async function loadCluster(source: PreviewSource): Promise<LoadedPreview> {
  const { configuration, master, node, nodeName, log, onServices } = source;
  let preview: Preview | undefined;
  const { objects, close } = await readObjectsOfCluster({
    configuration,
    master,
    nodeName: node.name ?? nodeName,
    logger: log.logger,
    onServices: owners => {
      if (preview) onServices?.(preview, owners);
    },
  });
  const loaded = previewOf(source, objects());
  preview = loaded;
  return { preview: loaded, problems: () => loaded.problems, close };
}
