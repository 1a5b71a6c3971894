import type { DesiredTable } from '../backend/nftables/desired-table.ts';
import type { Family } from '../model/ip.ts';
import { formatServicePort } from '../model/service-port.ts';
import { chainText, elementText } from './element-text.ts';
import { hasNodePorts, inForceAt, isOfHost, l4Of, memberOf, type InForce, type Scene } from './scene.ts';
import { addressOwners } from './owners-of-address.ts';
import type { SourceCase } from './source-cases.ts';
import type { Packet, Step, Verdict } from './types.ts';
import { lackOf } from './why-nobody.ts';

/** What the filter chains do with a packet that nobody forwarded. */
export interface TurnedAway {
  readonly verdict: Exclude<Verdict, 'forwarded' | 'passed'>;
  readonly why: string;
  readonly step: Step;
  /** Whose it is. */
  readonly front?: InForce;
}

/** @returns undefined for a packet that they leave alone */
export function turnedAway(
  scene: Scene,
  table: DesiredTable,
  packet: Packet,
  { isHost }: SourceCase,
): TurnedAway | undefined {
  const { destination, protocol, port } = packet;
  const l4 = l4Of(protocol);
  const isIpvs = table.options.endpointsBy === 'ipvs';
  const atAddress = (): TurnedAway | undefined =>
    unavailableAt(scene, packet.family, `${destination} . ${l4} . ${port}`);
  const atNodePort = (): TurnedAway | undefined =>
    hasNodePorts(scene, table, destination) ? unavailableAt(scene, packet.family, `${l4} . ${port}`) : undefined;
  const atClusterIP = (): TurnedAway | undefined => clusterAddress(scene, table, packet);
  // In mode ipvs what goes to a ClusterIP comes in to this host.
  const isLocal = isOfHost(scene, packet.family, destination);
  const checks = isHost
    ? [atAddress, atClusterIP, ...(isLocal ? [atNodePort] : [])]
    : isLocal
      ? [atNodePort, atAddress, ...(isIpvs ? [atClusterIP] : [])]
      : [atAddress, atClusterIP];
  for (const check of checks) {
    const found = check();
    if (found) return found;
  }
  return undefined;
}

/** What `unavailable` or `unavailable-nodeports` says of a virtual server. @param id as claims are named */
export function unavailableAt(scene: Scene, family: Family, id: string): TurnedAway | undefined {
  const front = inForceAt(scene, family, id);
  const entry = front?.claim.entries.find(({ container }) => container.startsWith('unavailable'));
  if (!front || !entry || entry.value === 'accept') return undefined;
  const why = `${formatServicePort(front.port.servicePort)} ${lackOf(scene, family, front)}`;
  const verdict = entry.value === 'drop' ? 'dropped' : 'rejected';
  const step: Step = { about: 'availability', says: why, where: [elementText(family, entry)] };
  return { verdict, why, step, front };
}

function clusterAddress(scene: Scene, table: DesiredTable, packet: Packet): TurnedAway | undefined {
  const { family, destination, port, protocol } = packet;
  const chain = chainText(family, 'cluster-ips-check');
  const clusterIP = memberOf(table, 'cluster-ips', destination);
  if (clusterIP !== undefined) {
    const owners = addressOwners(scene, family, destination).filter(({ kind }) => kind === 'ClusterIP');
    const whose = owners.map(({ owner }) => owner).join(', ');
    const why = `${destination} is the ClusterIP of ${whose}, which has no port ${port}/${protocol}`;
    const where = [chain, elementText(family, { container: 'cluster-ips', key: clusterIP, value: '' })];
    return { verdict: 'rejected', why, step: { about: 'cluster-ips', says: why, where } };
  }
  const cidr = memberOf(table, 'service-cidrs', destination);
  if (cidr === undefined) return undefined;
  const why = `${destination} is in service CIDR ${cidr}, and is no Service's`;
  const where = [chain, elementText(family, { container: 'service-cidrs', key: cidr, value: '' })];
  return { verdict: 'dropped', why, step: { about: 'cluster-ips', says: why, where } };
}
