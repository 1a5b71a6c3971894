import type { Configuration } from '../config/schema.ts';
import type { FoundService } from '../kube/find-service.ts';
import type { Problem } from '../kube/types.ts';
import { FAMILIES } from '../model/ip.ts';
import type { NodeView } from '../plan/types.ts';
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
  readonly view: NodeView;
  /** All that it was made from. */
  readonly objects: ReadObjects;
  /** Of this node, as far as they are known: those given by flag, or those that the Node object names. */
  readonly localAddresses: readonly string[];
  /** Of a cluster: asks for a Service, by `ns/name`, that may be one of those that a proxy is not told of. */
  readonly find: (owner: string) => Promise<FoundService | undefined>;
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
  const made = previewOf(source, objects);
  return {
    ...made,
    problems: () => [...objects.problems, ...made.preview.problems, ...objects.notes],
    find: () => Promise.resolve(undefined),
    close: () => undefined,
  };
}

function previewOf(
  { configuration, node: given, nodeName }: PreviewSource,
  objects: ReadObjects,
): Omit<LoadedPreview, 'problems' | 'find' | 'close'> {
  const { index, nodes, serviceCIDRs, weights } = objects;
  const node = chosenNode(given, nodeName, nodes);
  const settings = nodeSettingsOf(configuration, node.name, node, FAMILIES);
  // Of those that a Node object names, the ones that others reach it by need not be on an interface of it.
  const own = Object.values(settings.view.addresses).filter(address => address !== undefined);
  const localAddresses = [...new Set([...own, ...given.addresses])];
  const preview = new Preview(index, settings, serviceCIDRs, weights, localAddresses);
  return { preview, view: settings.view, localAddresses, objects };
}

async function loadCluster(source: PreviewSource): Promise<LoadedPreview> {
  const { configuration, master, node, nodeName, log, onServices } = source;
  let preview: Preview | undefined;
  const { objects, find, close } = await readObjectsOfCluster({
    configuration,
    master,
    nodeName: node.name ?? nodeName,
    logger: log.logger,
    onServices: owners => {
      if (preview) onServices?.(preview, owners);
    },
  });
  const made = previewOf(source, objects());
  preview = made.preview;
  return { ...made, problems: () => made.preview.problems, find, close };
}
