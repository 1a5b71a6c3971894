import type { Claim } from '../backend/nftables/claim.ts';
import type { DesiredTable } from '../backend/nftables/desired-table.ts';
import type { ContainerName, L4Protocol } from '../backend/nftables/schema.ts';
import { cidrContains, isLoopback, parseCidr, type Family } from '../model/ip.ts';
import type { ServiceIndex } from '../model/service-index.ts';
import type { NodeView, ServicePlan, ServicePortPlan, VirtualServer } from '../plan/types.ts';

/** All that an answer is made of: what the cluster says, what was planned, and what was compiled of it. Nothing is planned anew. */
export interface Scene {
  readonly view: NodeView;
  /** What the kernel should hold, by family. */
  readonly tables: ReadonlyMap<Family, DesiredTable>;
  readonly index: Pick<ServiceIndex, 'service' | 'serviceKeys' | 'slicesOf'>;
  readonly planOf: (owner: string, family: Family) => ServicePlan | undefined;
  /** Of the host, as far as they are known; canonical, without loopback ones. */
  readonly localAddresses: readonly string[];
  /** `ns/name` of Services that have the label of another proxy, as far as they are known. */
  readonly ofOtherProxies: ReadonlySet<string>;
}

/** The virtual server that is in force at an address or a NodePort. */
export interface InForce {
  readonly id: string;
  readonly owner: string;
  readonly claim: Claim;
  readonly port: ServicePortPlan;
  readonly virtualServer: VirtualServer;
}

export const l4Of = (protocol: VirtualServer['protocol']): L4Protocol => protocol.toLowerCase() as L4Protocol;

/** As claims are named: see compile.ts. */
export const claimId = ({ address, protocol, port }: Pick<VirtualServer, 'address' | 'protocol' | 'port'>): string =>
  (address === undefined ? [l4Of(protocol), port] : [address, l4Of(protocol), port]).join(' . ');

/** @returns undefined where no Service has it */
export function inForceAt(scene: Scene, family: Family, id: string): InForce | undefined {
  const held = scene.tables.get(family)?.ledger.claimInForce(id);
  const plan = held && scene.planOf(held.owner, family);
  if (!held || !plan) return undefined;
  const { owner, claim } = held;
  const port = plan.ports.find(
    ({ servicePort: one }) =>
      one.portName === claim.port?.name && one.port === claim.port.number && l4Of(one.protocol) === claim.port.l4,
  );
  const virtualServer = port?.virtualServers.find(one => claimId(one) === id);
  return port && virtualServer && { id, owner, claim, port, virtualServer };
}

/** The elements of one set that holds addresses or CIDRs. */
export function elementsOf({ ledger }: DesiredTable, container: ContainerName): string[] {
  return [...ledger.sharedEntries()].filter(entry => entry.container === container).map(({ key }) => key);
}

/** @returns the element that holds the address: itself, or a CIDR; undefined where none does */
export function memberOf(table: DesiredTable, container: ContainerName, address: string): string | undefined {
  if (table.ledger.holds({ container, key: address, value: '' })) return address;
  const { family } = table.options;
  return elementsOf(table, container).find(text => {
    const cidr = parseCidr(text);
    return cidr !== undefined && cidrContains(cidr, { family, text: address });
  });
}

/** Whether packets to the address come in to this host. */
export const isOfHost = ({ localAddresses }: Scene, family: Family, address: string): boolean =>
  localAddresses.includes(address) || isLoopback({ family, text: address });

/** Whether a NodePort is at the address, as the rules have it. */
export function hasNodePorts(scene: Scene, table: DesiredTable, address: string): boolean {
  const { family, nodePorts, endpointsBy } = table.options;
  // Also where ClusterIPs are addresses of this host no NodePort is at them.
  if (endpointsBy === 'ipvs' && isClusterAddress(table, address)) return false;
  if (nodePorts === 'listed') return memberOf(table, 'nodeport-ips', address) !== undefined;
  return isOfHost(scene, family, address) && !isLoopback({ family, text: address });
}

/** Whether it is a ClusterIP, or could be one. */
export const isClusterAddress = (table: DesiredTable, address: string): boolean =>
  memberOf(table, 'cluster-ips', address) !== undefined || memberOf(table, 'service-cidrs', address) !== undefined;
