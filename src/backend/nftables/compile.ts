import type { Cidr } from '../../model/ip.ts';
import { formatCidr } from '../../model/ip.ts';
import type { RealServer, ServicePlan, ServicePortPlan, VirtualServer } from '../../plan/types.ts';
import type { ContainerName, Entry, L4Protocol } from './schema.ts';
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

/** Turns the plan of one Service into its entries. Same plan, same entries, in the same order. */
export function compileService(plan: ServicePlan): CompiledService {
  const claims: Claim[] = [];
  const shared = new Map<string, Entry>();
  const share = (container: ContainerName, key: string): void => {
    shared.set(`${container} ${key}`, { container, key, value: '' });
  };
  for (const port of plan.ports) {
    const l4 = port.servicePort.protocol.toLowerCase() as L4Protocol;
    share('cluster-ips', port.servicePort.clusterIP);
    for (const server of [...port.clusterEndpoints, ...port.localEndpoints]) {
      if (server.isLocal) share('hairpin', `${server.address} . ${server.address} . ${l4} . ${server.port}`);
    }
    for (const virtualServer of port.virtualServers) claims.push(compileVirtualServer(virtualServer, port, l4));
  }
  return { claims, shared: [...shared.values()] };
}

function compileVirtualServer(virtualServer: VirtualServer, port: ServicePortPlan, l4: L4Protocol): Claim {
  const { address, port: number, unavailable, sourceRanges } = virtualServer;
  const id = address === undefined ? `${l4} . ${number}` : `${address} . ${l4} . ${number}`;
  const entries = [...forwardingEntries(virtualServer, port, l4, id)];
  if (unavailable) {
    const value = unavailable === 'reject' ? 'goto reject-chain' : 'drop';
    entries.push({ container: address === undefined ? 'unavailable-nodeports' : 'unavailable', key: id, value });
  }
  if (sourceRanges) entries.push(...firewallEntries(id, sourceRanges));
  return { id, entries };
}

function* forwardingEntries(
  virtualServer: VirtualServer,
  port: ServicePortPlan,
  l4: L4Protocol,
  id: string,
): Generator<Entry> {
  const shape = shapeOf(virtualServer, port, l4);
  if (!shape) return;
  const { address, port: number } = virtualServer;
  const nodePort = address === undefined;
  const container = nodePort ? (`nodeport-endpoints-${l4}` as const) : (`endpoints-${l4}` as const);
  const dialled = nodePort ? `${number}` : `${address} . ${number}`;
  const entry = (index: number, server: RealServer): Entry => ({
    container,
    key: `${index} . ${dialled}`,
    value: `${server.address} . ${server.port}`,
  });
  if (shape.kind !== 'internal') for (const [i, server] of port.clusterEndpoints.entries()) yield entry(i, server);
  if (shape.kind === 'internal' || shape.kind === 'local') {
    for (const [i, server] of port.localEndpoints.entries()) yield entry(LOCAL_OFFSET + i, server);
  }
  yield { container: nodePort ? 'nodeports' : 'services', key: id, value: `goto ${shapeName(shape)}` };
}

/** @returns undefined for a virtual server that forwards nothing. */
function shapeOf(
  { kind, forward, masquerade }: VirtualServer,
  port: ServicePortPlan,
  protocol: L4Protocol,
): Shape | undefined {
  const nodePort = kind === 'NodePort';
  const count = port.clusterEndpoints.length;
  if (forward === 'none') return undefined;
  if (forward === 'cluster') return { kind: masquerade ? 'external' : 'cluster', nodePort, protocol, count };
  if (kind === 'ClusterIP') return { kind: 'internal', nodePort, protocol, count: port.localEndpoints.length };
  return { kind: 'local', nodePort, protocol, count, localCount: port.localEndpoints.length };
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
