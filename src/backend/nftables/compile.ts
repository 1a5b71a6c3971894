import type { Cidr } from '../../model/ip.ts';
import { formatCidr } from '../../model/ip.ts';
import type { RealServer, ServicePlan, ServicePortPlan, VirtualServer } from '../../plan/types.ts';
import { learningName, type Learning } from './affinity-rules.ts';
import type { ContainerName, Entry, L4Protocol, RulesetOptions } from './schema.ts';
import { LOCAL_OFFSET, shapeName, type Shape } from './shapes.ts';

/** The entries of one virtual server. Of two Services that claim the same one, only one can have its entries in the kernel. */
export interface Claim {
  /** `203.0.113.20 . tcp . 80`, or `tcp . 30080` for a NodePort. */
  readonly id: string;
  readonly entries: readonly Entry[];
}

/** What one Service of one family is in the kernel. */
export interface CompiledService {
  readonly claims: readonly Claim[];
  /** Entries that several Services may hold at a time. */
  readonly shared: readonly Entry[];
}

/**
 * Turns the plan of one Service into its entries. Same plan, same entries, in the same order.
 * @param affinity how ClientIP affinity is kept
 */
export function compileService(plan: ServicePlan, affinity: RulesetOptions['affinity']): CompiledService {
  const claims: Claim[] = [];
  const shared = new Map<string, Entry>();
  const share = (container: ContainerName, key: string): void => {
    shared.set(`${container} ${key}`, { container, key, value: '' });
  };
  for (const port of plan.ports) {
    const compiling: Compiling = {
      port,
      l4: port.servicePort.protocol.toLowerCase() as L4Protocol,
      sticky: stickyOf(port, affinity),
    };
    share('cluster-ips', port.servicePort.clusterIP);
    for (const { isLocal, address, port: number } of [...port.clusterEndpoints, ...port.localEndpoints]) {
      if (isLocal) share('hairpin', `${address} . ${address} . ${compiling.l4} . ${number}`);
    }
    for (const virtualServer of port.virtualServers) claims.push(compileVirtualServer(virtualServer, compiling));
  }
  return { claims, shared: [...shared.values()] };
}

/** One service port on its way. */
interface Compiling {
  readonly port: ServicePortPlan;
  readonly l4: L4Protocol;
  readonly sticky: Shape['sticky'];
}

function stickyOf(
  { servicePort, clusterEndpoints, localEndpoints }: ServicePortPlan,
  affinity: RulesetOptions['affinity'],
): Shape['sticky'] {
  if (servicePort.affinityTimeoutSeconds === undefined) return undefined;
  if (affinity === 'hashed') return 'hash';
  const { clusterIP, port } = servicePort;
  const inCluster = new Set(clusterEndpoints.map(formatServer));
  const sharesLocal = localEndpoints.length > 0 && localEndpoints.every(server => inCluster.has(formatServer(server)));
  return { clusterIP, port, sharesLocal };
}

const formatServer = ({ address, port }: RealServer): string => `${address} . ${port}`;

function compileVirtualServer(virtualServer: VirtualServer, compiling: Compiling): Claim {
  const { address, port: number, unavailable, sourceRanges } = virtualServer;
  const id = address === undefined ? `${compiling.l4} . ${number}` : `${address} . ${compiling.l4} . ${number}`;
  const entries = [...forwardingEntries(virtualServer, compiling, id)];
  if (unavailable) {
    const value = unavailable === 'reject' ? 'goto reject-chain' : 'drop';
    entries.push({ container: address === undefined ? 'unavailable-nodeports' : 'unavailable', key: id, value });
  }
  if (sourceRanges) entries.push(...firewallEntries(id, sourceRanges));
  return { id, entries };
}

function* forwardingEntries(virtualServer: VirtualServer, compiling: Compiling, id: string): Generator<Entry> {
  const shape = shapeOf(virtualServer, compiling);
  if (!shape) return;
  const { port, l4 } = compiling;
  const { address, port: number } = virtualServer;
  const nodePort = address === undefined;
  const container = nodePort ? (`nodeport-endpoints-${l4}` as const) : (`endpoints-${l4}` as const);
  const dialled = nodePort ? `${number}` : `${address} . ${number}`;
  const entry = (index: number, server: RealServer): Entry => ({
    container,
    key: `${index} . ${dialled}`,
    value: formatServer(server),
  });
  if (shape.kind !== 'internal') for (const [i, server] of port.clusterEndpoints.entries()) yield entry(i, server);
  if (shape.kind === 'internal' || shape.kind === 'local') {
    for (const [i, server] of port.localEndpoints.entries()) yield entry(LOCAL_OFFSET + i, server);
  }
  yield { container: nodePort ? 'nodeports' : 'services', key: id, value: `goto ${shapeName(shape)}` };
  const learning = learningOf(shape, port);
  if (learning) {
    yield {
      container: nodePort ? 'affinity-nodeports' : 'affinity-services',
      key: id,
      value: `goto ${learningName(learning)}`,
    };
  }
}

/** @returns undefined for a virtual server that forwards nothing. */
function shapeOf({ kind, forward, masquerade }: VirtualServer, { port, l4, sticky }: Compiling): Shape | undefined {
  if (forward === 'none') return undefined;
  const [count, localCount] = [port.clusterEndpoints.length, port.localEndpoints.length];
  const common = { nodePort: kind === 'NodePort', protocol: l4, count, ...(sticky && { sticky }) };
  if (forward === 'cluster') return { ...common, kind: masquerade ? 'external' : 'cluster' };
  return kind === 'ClusterIP'
    ? { ...common, kind: 'internal', count: localCount }
    : { ...common, kind: 'local', localCount };
}

/** @returns undefined where nothing is to be learnt. */
function learningOf({ kind, protocol, sticky }: Shape, { servicePort }: ServicePortPlan): Learning | undefined {
  const { affinityTimeoutSeconds: timeoutSeconds } = servicePort;
  if (sticky === undefined || sticky === 'hash' || timeoutSeconds === undefined) return undefined;
  return { kind: kind === 'external' ? 'cluster' : kind, protocol, timeoutSeconds, sticky };
}

function firewallEntries(id: string, ranges: readonly Cidr[]): Entry[] {
  return [
    { container: 'firewalled', key: id, value: '' },
    ...ranges.map((range): Entry => ({ container: 'source-ranges', key: `${id} . ${elementCidr(range)}`, value: '' })),
  ];
}

/** A CIDR as nft prints it: that of a single address without its prefix length. */
export const elementCidr = (cidr: Cidr): string =>
  cidr.prefix === (cidr.family === 'ipv4' ? 32 : 128) ? cidr.address : formatCidr(cidr);
