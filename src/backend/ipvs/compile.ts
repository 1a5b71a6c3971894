import type { RealServer, ServicePlan, ServicePortPlan, VirtualServer } from '../../plan/types.ts';
import { sharedKey, type Claim, type ClaimPort, type CompiledService } from '../nftables/claim.ts';
import { compileService } from '../nftables/compile.ts';
import type { Entry, L4Protocol } from '../nftables/schema.ts';
import { canonicalPorts, type CanonicalPorts } from './canonical-ports.ts';
import { settingsFor, type IpvsOptions } from './settings.ts';
import { VirtualServerClaim } from './virtual-server-claim.ts';

/**
 * Turns the plan of one Service into its entries: virtual servers of IPVS at its ClusterIP, and elements of nft that lead there from its
 * other addresses. For nft they are forwarded as if the virtual server were their only endpoint, so that shapes are the same in both modes.
 */
export function compileIpvsService(plan: ServicePlan, options: IpvsOptions): CompiledService {
  const canonical = canonicalPorts(plan);
  const frontEnds = compileService(
    { ...plan, ports: plan.ports.map((port, i) => frontEndsOf(port, canonical[i]!)) },
    // IPVS keeps clients where they are.
    { affinity: 'hashed' },
  );
  const clusterIPs = plan.ports.flatMap(port =>
    port.virtualServers.filter(isServed).map(server => directClaim(server, portOf(port))),
  );
  const virtualServers = plan.ports.flatMap((port, i) => virtualServersOf(port, canonical[i]!, options));
  return {
    claims: [...clusterIPs, ...frontEnds.claims.map(claim => withWayIn(claim, plan)), ...virtualServers],
    shared: [...new Set([...frontEnds.shared, ...plan.ports.flatMap(hairpins)])],
  };
}

/** Whether packets to a virtual server of the plan need not be rewritten. */
const isServed = ({ kind, forward }: VirtualServer): boolean => kind === 'ClusterIP' && forward !== 'none';

/** The port as nft is to see it. */
function frontEndsOf(port: ServicePortPlan, { cluster, local }: CanonicalPorts): ServicePortPlan {
  const address = port.servicePort.clusterIP;
  // A virtual server whose endpoints all drain gets no new connections, which nft turns away.
  const at = (number: number | undefined, chosen: readonly RealServer[]): RealServer[] =>
    number === undefined || !chosen.length ? [] : [{ address, port: number, isLocal: false }];
  return {
    ...port,
    servicePort: { ...port.servicePort, affinityTimeoutSeconds: undefined },
    clusterEndpoints: at(cluster, port.clusterEndpoints),
    localEndpoints: at(local, port.localEndpoints),
    virtualServers: port.virtualServers.filter(one => !isServed(one)),
  };
}

/** What is to be known of a ClusterIP: that its packets are counted and go on as they are, and are not turned away. */
function directClaim({ address, protocol, port }: VirtualServer, claimPort: ClaimPort): Claim {
  const id = `${address} . ${protocol.toLowerCase()} . ${port}`;
  return { id, port: claimPort, entries: [{ container: 'services', key: id, value: 'return' }, wayIn(id)] };
}

const portOf = ({ servicePort: { portName, port, protocol } }: ServicePortPlan): ClaimPort => ({
  name: portName,
  number: port,
  l4: protocol.toLowerCase() as L4Protocol,
});

const wayIn = (id: string): Entry => ({ container: 'unavailable', key: id, value: 'accept' });

/** An external address that is the ClusterIP itself: rewriting changes nothing then, and what comes in must not be turned away. */
function withWayIn(claim: Claim, { ports }: ServicePlan): Claim {
  const isClusterIP = ports.some(
    ({ servicePort: { clusterIP, protocol, port } }) =>
      claim.id === `${clusterIP} . ${protocol.toLowerCase()} . ${port}`,
  );
  if (!isClusterIP || !claim.entries.some(({ container }) => container === 'services')) return claim;
  if (claim.entries.some(({ container }) => container === 'unavailable')) return claim;
  const { id, port, entries } = claim;
  return { id, ...(port && { port }), entries: [...entries, wayIn(id)] };
}

function virtualServersOf(port: ServicePortPlan, canonical: CanonicalPorts, options: IpvsOptions): Claim[] {
  return (['cluster', 'local'] as const).flatMap(policy => {
    const number = canonical[policy];
    return number === undefined
      ? []
      : new VirtualServerClaim({
          port,
          policy,
          number,
          settings: settingsFor(port.servicePort, options),
          nodeName: options.nodeName,
        });
  });
}

/** Endpoints on this node may reach themselves. */
function hairpins({ servicePort: { protocol }, clusterEndpoints, localEndpoints }: ServicePortPlan): string[] {
  const l4 = protocol.toLowerCase() as L4Protocol;
  return [...clusterEndpoints, ...localEndpoints]
    .filter(({ isLocal }) => isLocal)
    .map(({ address, port }) => sharedKey('hairpin', `${address} . ${address} . ${l4} . ${port}`));
}
