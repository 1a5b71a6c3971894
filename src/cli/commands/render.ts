import { setTimeout as sleep } from 'node:timers/promises';
import type { Configuration } from '../../config/schema.ts';
import { createAccess } from '../../kube/auth.ts';
import { readManifests } from '../../kube/manifests.ts';
import type { ReflectorObserver } from '../../kube/reflector-observer.ts';
import { createTransport } from '../../kube/transport.ts';
import type { Node, Problem } from '../../kube/types.ts';
import { EndpointWeights } from '../../model/endpoint-weights.ts';
import { FAMILIES } from '../../model/ip.ts';
import { ServiceIndex } from '../../model/service-index.ts';
import type { LogControl } from '../../telemetry/logger.ts';
import type { Invocation, RenderOutput } from '../args.ts';
import { Cluster } from '../cluster.ts';
import { watchesWeights } from '../ipvs-settings.ts';
import { nodeSettingsOf, type NodeSettings } from '../node-settings.ts';
import { Preview } from '../preview.ts';
import { readFiles } from '../read-files.ts';
import type { Surroundings } from '../surroundings.ts';
import { VERSION } from '../version.ts';

export interface RenderOptions {
  readonly configuration: Configuration;
  readonly master: string;
  readonly nodeName: string;
  readonly invocation: Extract<Invocation, { command: 'render' }>;
  readonly log: LogControl;
  readonly surroundings: Surroundings;
}

/** How long a cluster may take to tell all it has. */
const SYNC_LIMIT_MS = 60_000;

/**
 * Prints what would be programmed, from manifests or from a cluster; touches no kernel and needs no root.
 * @returns 0, or 1 where objects were wrong in parts: the rest is printed all the same
 * @throws Error where there is nothing to read from
 */
export async function render(given: RenderOptions): Promise<number> {
  const { invocation, configuration } = given;
  // Who asks for virtual servers wants to see what mode ipvs would do.
  const options: RenderOptions =
    invocation.output === 'ipvs' ? { ...given, configuration: { ...configuration, mode: 'ipvs' } } : given;
  return invocation.from.length ? renderFiles(options) : renderCluster(options);
}

async function renderFiles({ invocation, surroundings, ...options }: RenderOptions): Promise<number> {
  const { services, endpointSlices, nodes, serviceCIDRs, weighted, problems } = readManifests(
    await readFiles(invocation.from, surroundings.stdin),
  );
  const index = new ServiceIndex();
  for (const service of services) index.setService(service);
  for (const slice of endpointSlices) index.setSlice(slice);
  const settings = settingsFor({ invocation, ...options }, nodes);
  const weights = new EndpointWeights();
  if (watchesWeights(options.configuration)) weights.apply(weighted.map(object => ({ ...object, object })));
  const preview = new Preview(
    index,
    settings,
    serviceCIDRs.flatMap(({ cidrs }) => cidrs),
    weights,
  );
  surroundings.stdout.write(preview.print(invocation.output));
  const notes = services.flatMap(({ namespace, name, type, clusterIP, clusterIPs }) =>
    type === 'ExternalName' || clusterIP || clusterIPs.length
      ? []
      : {
          object: `Service ${namespace}/${name}`,
          field: 'spec.clusterIP',
          message: 'is not set, so nothing is forwarded: it is the API server that chooses one',
        },
  );
  return tell([...problems, ...preview.problems, ...notes], surroundings);
}

function tell(problems: readonly Problem[], { stderr }: Surroundings): number {
  for (const { object, field, message } of problems)
    stderr.write(`${object}: ${field ? `${field}: ` : ''}${message}\n`);
  return problems.length ? 1 : 0;
}

/** What was given by flag goes before what the Node object says. */
function settingsFor(
  { configuration, invocation, nodeName }: Pick<RenderOptions, 'configuration' | 'invocation' | 'nodeName'>,
  nodes: readonly Node[],
): NodeSettings {
  const { name = nodeName, addresses, zone } = invocation.node;
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

async function renderCluster({
  configuration,
  master,
  nodeName,
  invocation,
  log,
  surroundings,
}: RenderOptions): Promise<number> {
  const access = createAccess({ kubeconfig: configuration.clientConnection.kubeconfig, master });
  const transport = createTransport({ access, userAgent: `sluice/${VERSION}` });
  const stop = new AbortController();
  let serviceCIDRs: readonly string[] = [];
  let preview: Preview | undefined;
  const cluster = new Cluster({
    nodeName: invocation.node.name ?? nodeName,
    watchesWeights: watchesWeights(configuration),
    transport,
    observer: SILENT,
    logger: log.logger,
    onServices: owners =>
      void surroundings.stdout.write(withHeading(preview?.stage(owners, invocation.output) ?? '', invocation.output)),
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
  preview = new Preview(
    cluster.index,
    settingsFor({ configuration, invocation, nodeName }, cluster.node ? [cluster.node] : []),
    serviceCIDRs,
    cluster.weights,
  );
  surroundings.stdout.write(preview.print(invocation.output));
  if (invocation.watch) await new Promise<never>(() => undefined);
  stop.abort();
  transport.close();
  return tell(preview.problems, surroundings);
}

/** ipvsadm knows no comments. */
const withHeading = (transaction: string, output: RenderOutput): string =>
  output === 'ipvs' ? transaction : transaction && `# transaction of ${new Date().toISOString()}\n${transaction}`;

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
