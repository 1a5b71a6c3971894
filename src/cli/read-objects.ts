import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Configuration } from '../config/schema.ts';
import { createAccess } from '../kube/auth.ts';
import { findService, type FoundService } from '../kube/find-service.ts';
import { readManifests } from '../kube/manifests.ts';
import type { ReflectorObserver } from '../kube/reflector-observer.ts';
import { createTransport } from '../kube/transport.ts';
import type { Node, Problem } from '../kube/types.ts';
import { EndpointWeights, type WeightSource } from '../model/endpoint-weights.ts';
import { ServiceIndex } from '../model/service-index.ts';
import { Cluster } from './cluster.ts';
import { watchesWeights } from './ipvs-settings.ts';
import { readFiles } from './read-files.ts';
import { VERSION } from './version.ts';

/** All that the desired state is made from, whether it is from manifests or from a cluster. */
export interface ReadObjects {
  readonly index: ServiceIndex;
  readonly nodes: readonly Node[];
  /** Of all ServiceCIDR objects. */
  readonly serviceCIDRs: readonly string[];
  readonly weights: WeightSource;
  /** `ns/name` of Services with the label of another proxy. Of a cluster none: its API server does not tell them. */
  readonly ofOtherProxies: ReadonlySet<string>;
}

export interface ObjectsOfFiles extends ReadObjects {
  /** What is wrong in the files, or in an object as it is written. */
  readonly problems: readonly Problem[];
  /** What keeps a Service from being forwarded that is not wrong with it. */
  readonly notes: readonly Problem[];
}

/**
 * Reads the objects of manifests.
 * @param names as {@link readFiles} takes them
 * @throws Error that names a file that cannot be read
 */
export async function readObjectsOfFiles(
  names: readonly string[],
  stdin: NodeJS.ReadableStream,
  configuration: Configuration,
): Promise<ObjectsOfFiles> {
  const { services, endpointSlices, nodes, serviceCIDRs, weighted, problems, ...rest } = readManifests(
    await readFiles(names, stdin),
  );
  const ofOtherProxies = new Set(rest.ofOtherProxies);
  const index = new ServiceIndex();
  for (const service of services) index.setService(service);
  for (const slice of endpointSlices) index.setSlice(slice);
  const weights = new EndpointWeights();
  if (watchesWeights(configuration)) weights.apply(weighted.map(object => ({ ...object, object })));
  const notes = services.flatMap(({ namespace, name, type, clusterIP, clusterIPs }) =>
    type === 'ExternalName' || clusterIP || clusterIPs.length
      ? []
      : {
          object: `Service ${namespace}/${name}`,
          field: 'spec.clusterIP',
          message: 'is not set, so nothing is forwarded: it is the API server that chooses one',
        },
  );
  const cidrs = serviceCIDRs.flatMap(one => one.cidrs);
  return { index, nodes, serviceCIDRs: cidrs, weights, ofOtherProxies, problems, notes };
}

export interface ReadClusterOptions {
  readonly configuration: Configuration;
  /** Overrides the server of the kubeconfig; empty for none. */
  readonly master: string;
  /** The one Node that is read. */
  readonly nodeName: string;
  readonly logger: Logger;
  /** Told of Services whose plan may have changed, by `ns/name`, from the beginning on. */
  readonly onServices?: (owners: readonly string[]) => void;
}

/** A cluster that goes on being followed. */
export interface FollowedCluster {
  /** What is known by now. */
  readonly objects: () => ReadObjects;
  /** Asks for a Service, by `ns/name`, that may be one of those that a proxy is not told of. */
  readonly find: (owner: string) => Promise<FoundService | undefined>;
  readonly close: () => void;
}

/** How long a cluster may take to tell all it has. */
const SYNC_LIMIT_MS = 60_000;

/**
 * Reads the objects of a cluster, and follows them.
 * @returns when the first full state of each resource is known
 * @throws Error where there is no way to the API server, or where it does not tell them in a minute
 */
export async function readObjectsOfCluster({
  configuration,
  master,
  nodeName,
  logger,
  onServices = () => undefined,
}: ReadClusterOptions): Promise<FollowedCluster> {
  const access = createAccess({ kubeconfig: configuration.clientConnection.kubeconfig, master });
  const transport = createTransport({ access, userAgent: `sluice/${VERSION}` });
  const stop = new AbortController();
  let serviceCIDRs: readonly string[] = [];
  const cluster = new Cluster({
    nodeName,
    watchesWeights: watchesWeights(configuration),
    transport,
    observer: SILENT,
    logger,
    onServices,
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
  const { index, weights } = cluster;
  return {
    objects: () => ({
      index,
      nodes: cluster.node ? [cluster.node] : [],
      serviceCIDRs,
      weights,
      ofOtherProxies: new Set(),
    }),
    find: owner => findService(transport, owner),
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
