import type { ServicePlan, ServicePortPlan, RealServer, VirtualServer } from '../../plan/types.ts';
import { learningName } from './affinity-rules.ts';
import { sharedKey, type Claim, type CompiledService } from './claim.ts';
import { CompiledClaim, elementCidr, type CompiledPort } from './compiled-claim.ts';
import { REJECT_CHAIN, type L4Protocol, type RulesetOptions } from './schema.ts';
import { NO_SERVERS, ServerList } from './server-list.ts';
import { shapeName, type Shape } from './shapes.ts';

/** What of a family's options the entries of a Service depend on. */
export type CompileOptions = Pick<RulesetOptions, 'affinity'>;

/** Turns the plan of one Service into its entries. Same plan, same entries, in the same order. */
export function compileService(plan: ServicePlan, { affinity }: CompileOptions): CompiledService {
  const claims: Claim[] = [];
  const shared = new Set<string>();
  for (const port of plan.ports) {
    const l4 = port.servicePort.protocol.toLowerCase() as L4Protocol;
    const sticky = stickyOf(port, affinity);
    const compiled: CompiledPort = {
      name: port.servicePort.portName,
      number: port.servicePort.port,
      l4,
      cluster: new ServerList(port.clusterEndpoints),
      local: port.localEndpoints.length ? new ServerList(port.localEndpoints) : NO_SERVERS,
    };
    shared.add(sharedKey('cluster-ips', port.servicePort.clusterIP));
    for (const { isLocal, address, port: number } of [...port.clusterEndpoints, ...port.localEndpoints]) {
      if (isLocal) shared.add(sharedKey('hairpin', `${address} . ${address} . ${l4} . ${number}`));
    }
    for (const virtualServer of port.virtualServers) claims.push(claimOf(virtualServer, port, compiled, sticky));
  }
  // Without the room that an array has after a push.
  return { claims: claims.slice(), shared: [...shared] };
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

function claimOf(
  virtualServer: VirtualServer,
  { servicePort }: ServicePortPlan,
  port: CompiledPort,
  sticky: Shape['sticky'],
): Claim {
  const { address, port: number, unavailable, sourceRanges } = virtualServer;
  const shape = shapeOf(virtualServer, port, sticky);
  return new CompiledClaim({
    // Joined, as model/object-key.ts has it.
    id: (address === undefined ? [port.l4, number] : [address, port.l4, number]).join(' . '),
    port,
    uses: shape?.kind === 'external' ? 'cluster' : shape?.kind,
    verdict: shape && interned(`goto ${shapeName(shape)}`),
    learning: shape && learningOf(shape, servicePort.affinityTimeoutSeconds),
    unavailable: unavailable && (unavailable === 'reject' ? `goto ${REJECT_CHAIN}` : 'drop'),
    sourceRanges: sourceRanges?.map(elementCidr),
  });
}

/** @returns undefined for a virtual server that forwards nothing. */
function shapeOf(
  { kind, forward, masquerade }: VirtualServer,
  { l4, cluster, local }: CompiledPort,
  sticky: Shape['sticky'],
): Shape | undefined {
  if (forward === 'none') return undefined;
  const common = { nodePort: kind === 'NodePort', protocol: l4, count: cluster.length, ...(sticky && { sticky }) };
  if (forward === 'cluster') return { ...common, kind: masquerade ? 'external' : 'cluster' };
  return kind === 'ClusterIP'
    ? { ...common, kind: 'internal', count: local.length }
    : { ...common, kind: 'local', localCount: local.length };
}

/** @returns undefined where nothing is to be learnt. */
function learningOf({ kind, protocol, sticky }: Shape, timeoutSeconds: number | undefined): string | undefined {
  if (sticky === undefined || sticky === 'hash' || timeoutSeconds === undefined) return undefined;
  const name = learningName({ kind: kind === 'external' ? 'cluster' : kind, protocol, timeoutSeconds, sticky });
  return `goto ${name}`;
}

/** Thousands of Services share some tens of shapes. */
const verdicts = new Map<string, string>();
function interned(verdict: string): string {
  const known = verdicts.get(verdict);
  if (known !== undefined) return known;
  if (verdicts.size > 10_000) verdicts.clear();
  verdicts.set(verdict, verdict);
  return verdict;
}
