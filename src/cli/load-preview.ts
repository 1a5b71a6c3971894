import { setTimeout as sleep } from 'node:timers/promises';
import type { Configuration } from '../config/schema.ts';
import { createAccess } from '../kube/auth.ts';
import { readManifests } from '../kube/manifests.ts';
import type { ReflectorObserver } from '../kube/reflector-observer.ts';
import { createTransport } from '../kube/transport.ts';
import type { Node, Problem, Service } from '../kube/types.ts';
import { EndpointWeights } from '../model/endpoint-weights.ts';
import { FAMILIES } from '../model/ip.ts';
import { ServiceIndex } from '../model/service-index.ts';
import type { LogControl } from '../telemetry/logger.ts';
import type { RenderNode } from './args.ts';
import { Cluster } from './cluster.ts';
import { watchesWeights } from './ipvs-settings.ts';
import { nodeSettingsOf, type NodeSettings } from './node-settings.ts';
import { Preview } from './preview.ts';
import { readFiles } from './read-files.ts';
import type { Surroundings } from './surroundings.ts';
import { VERSION } from './version.ts';

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
  problems(): readonly Problem[];
  /** Ends the connections to the cluster. */
  close(): void;
}

/** How long a cluster may take to tell all it has. */
const SYNC_LIMIT_MS = 60_000;

/**
 * The desired state, from manifests or from a cluster; touches no kernel and needs no root.
 * @throws Error where there is nothing to read from
 */
export const loadPreview = (source: PreviewSource): Promise<LoadedPreview> =>
  source.from.length ? loadFiles(source) : loadCluster(source);

async function loadFiles(source: PreviewSource): Promise<LoadedPreview> {
  const { services, endpointSlices, nodes, serviceCIDRs, weighted, problems } = readManifests(
    await readFiles(source.from, source.surroundings.stdin),
  );
  const index = new ServiceIndex();
  for (const service of services) index.setService(service);
  for (const slice of endpointSlices) index.setSlice(slice);
  const weights = new EndpointWeights();
  if (watchesWeights(source.configuration)) weights.apply(weighted.map(object => ({ ...object, object })));
  const cidrs = serviceCIDRs.flatMap(one => one.cidrs);
  const preview = new Preview(index, settingsFor(source, nodes), cidrs, weights);
  return {
    preview,
    problems: () => [...problems, ...preview.problems, ...services.flatMap(withoutClusterIP)],
    close: () => undefined,
  };
}

const withoutClusterIP = ({ namespace, name, type, clusterIP, clusterIPs }: Service): Problem[] =>
  type === 'ExternalName' || clusterIP || clusterIPs.length
    ? []
    : [
        {
          object: `Service ${namespace}/${name}`,
          field: 'spec.clusterIP',
          message: 'is not set, so nothing is forwarded: it is the API server that chooses one',
        },
      ];

/** What was given by flag goes before what the Node object says. */
function settingsFor(
  { configuration, node: given, nodeName }: Pick<PreviewSource, 'configuration' | 'node' | 'nodeName'>,
  nodes: readonly Node[],
): NodeSettings {
  const { name = nodeName, addresses, zone } = given;
  const known = nodes.find(node => node.name === name);
  const node: Node = {
    name,
    uid: known?.uid ?? '',
    zone: zone ?? known?.zone,
    addresses: addresses.length ? addresses : (known?.addresses ?? []),
    podCIDRs: known?.podCIDRs ?? [],
    isBeingDeleted: false,
    kubeletVersion: '',
  };
  return nodeSettingsOf(configuration, name, node, FAMILIES);
}

async function loadCluster(source: PreviewSource): Promise<LoadedPreview> {
  const { configuration, master, node, nodeName, log, onServices } = source;
  const access = createAccess({ kubeconfig: configuration.clientConnection.kubeconfig, master });
  const transport = createTransport({ access, userAgent: `sluice/${VERSION}` });
  const stop = new AbortController();
  let serviceCIDRs: readonly string[] = [];
  let preview: Preview | undefined;
  const cluster = new Cluster({
    nodeName: node.name ?? nodeName,
    watchesWeights: watchesWeights(configuration),
    transport,
    observer: SILENT,
    logger: log.logger,
    onServices: owners => void (preview && onServices?.(preview, owners)),
    onServiceEvents: () => undefined,
    onSlice: () => undefined,
    onNode: () => undefined,
    onServiceCIDRs: cidrs => void (serviceCIDRs = cidrs),
  });
  const synced = Promise.all([cluster.watchNode(stop.signal), cluster.watchServices(stop.signal)]);
  const inTime = await Promise.race([synced.then(() => true), sleep(SYNC_LIMIT_MS, false, { signal: stop.signal })]);
  if (!inTime)
    throw new Error(
      `${access.server.href} did not tell its Services in ${SYNC_LIMIT_MS / 1000} s: ${lastErrors(cluster)}`,
    );
  const loaded = new Preview(
    cluster.index,
    settingsFor(source, cluster.node ? [cluster.node] : []),
    serviceCIDRs,
    cluster.weights,
  );
  preview = loaded;
  return {
    preview: loaded,
    problems: () => loaded.problems,
    close: () => {
      stop.abort();
      transport.close();
    },
  };
}

const lastErrors = (cluster: Cluster): string =>
  cluster
    .status()
    .filter(({ hasSynced }) => !hasSynced)
    .map(({ resource, lastError }) => `${resource}: ${lastError ?? 'no answer'}`)
    .join('; ');

const SILENT: ReflectorObserver = {
  onListed: () => undefined,
  onRelist: () => undefined,
  onWatchStarted: () => undefined,
  onWatchEnded: () => undefined,
  onEvent: () => undefined,
  onError: () => undefined,
  onProblems: () => undefined,
};
