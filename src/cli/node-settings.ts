import type { NodeEntries } from '../backend/backend.ts';
import type { IpvsOptions } from '../backend/ipvs/settings.ts';
import type { RulesetOptions } from '../backend/nftables/schema.ts';
import { allowsExternalIPs } from '../config/feature-gates.ts';
import { forwardingSettings } from '../config/forwarding-settings.ts';
import { localDetectorFor, type LocalDetector } from '../config/local-detector.ts';
import { detectNodeAddresses } from '../config/node-addresses.ts';
import { nodePortAddressesFor, type NodePortAddresses } from '../config/node-port-addresses.ts';
import type { Configuration } from '../config/schema.ts';
import type { Node } from '../kube/types.ts';
import {
  cidrContains,
  formatCidr,
  isLoopback,
  parseAddress,
  parseCidr,
  withoutCovered,
  type Address,
  type Family,
} from '../model/ip.ts';
import { nodeViewOf } from '../plan/node-view.ts';
import type { NodeView } from '../plan/types.ts';
import { ipvsOptionsOf } from './ipvs-settings.ts';

/** What the configuration and the Node object together make of one family. */
export interface FamilyNodeSettings {
  readonly ruleset: RulesetOptions;
  readonly detector: LocalDetector | undefined;
  readonly nodePorts: NodePortAddresses;
  /** Besides those of the API. */
  readonly serviceCIDRs?: readonly string[];
}

export interface NodeSettings {
  readonly view: NodeView;
  readonly primaryFamily: Family;
  readonly families: ReadonlyMap<Family, FamilyNodeSettings>;
  /** In mode ipvs. */
  readonly ipvs?: Omit<IpvsOptions, 'missingSchedulers'> & { readonly arpGuard: boolean };
}

/**
 * Puts together what of this node shapes the rules. Pure.
 * @param node undefined while it is not known
 * @param families those that this kernel has
 * @param bridgeSubnets within which connections are masqueraded in mode ipvs
 * @param hashed families in which nft cannot have the kernel learn ClientIP affinity
 */
export function nodeSettingsOf(
  configuration: Configuration,
  nodeName: string,
  node: Node | undefined,
  families: readonly Family[],
  hashed: readonly Family[] = [],
  bridgeSubnets: ReadonlyMap<Family, readonly string[]> = new Map(),
): NodeSettings {
  const { primaryFamily, addresses } = detectNodeAddresses(configuration.bindAddress, node?.addresses ?? []);
  const { masqueradeAll, masqueradeBit, backend } = forwardingSettings(configuration);
  const isIpvs = backend === 'ipvs';
  const settingsOf = (family: Family): FamilyNodeSettings => {
    const detector = localDetectorFor(configuration, family, node?.podCIDRs ?? []);
    const nodePorts = nodePortAddressesFor(configuration, family, addresses);
    const ruleset: RulesetOptions = {
      family,
      localSource: detector?.kind === 'interface' ? { interfacePattern: detector.pattern } : detector && 'pod-cidrs',
      masqueradeAll,
      masqueradeMark: 2 ** masqueradeBit,
      nodePorts: nodePorts.kind === 'all' ? 'all' : 'listed',
      // IPVS keeps clients where they are, and nft has nothing to learn.
      affinity: isIpvs || hashed.includes(family) ? 'hashed' : 'learnt',
      ...(isIpvs && { endpointsBy: 'ipvs', bridgeSubnets: bridgeSubnets.get(family) ?? [] }),
    };
    return { ruleset, detector, nodePorts, serviceCIDRs: isIpvs ? configuration.ipvs.serviceCIDRs : [] };
  };
  const known = Object.values(addresses).filter(address => address !== undefined);
  return {
    view: {
      ...nodeViewOf(nodeName, node, known),
      ...(!allowsExternalIPs(configuration) && { ignoresExternalIPs: true }),
    },
    primaryFamily,
    families: new Map(families.map(family => [family, settingsOf(family)])),
    ...(isIpvs && { ipvs: { ...ipvsOptionsOf(configuration, nodeName), arpGuard: configuration.ipvs.arpGuard } }),
  };
}

/**
 * The entries of one family that belong to the node and to no Service. Pure.
 * @param serviceCIDRs of all ServiceCIDR objects, in both families
 * @param localAddresses of all interfaces; loopback ones never get NodePorts
 */
export function nodeEntriesOf(
  { ruleset: { family }, detector, nodePorts, serviceCIDRs: own = [] }: FamilyNodeSettings,
  serviceCIDRs: readonly string[],
  localAddresses: readonly string[],
): NodeEntries {
  const cidrs = [...serviceCIDRs, ...own].flatMap(text => parseCidr(text) ?? []).filter(cidr => cidr.family === family);
  const addresses = localAddresses
    .flatMap(text => parseAddress(text) ?? [])
    .filter(address => address.family === family && !isLoopback(address));
  const isListed = (address: Address): boolean =>
    nodePorts.kind === 'all' || nodePorts.cidrs.some(cidr => cidrContains(cidr, address));
  const listed = addresses.filter(isListed).map(({ text }) => text);
  return {
    podCIDRs: detector?.kind === 'cidr' ? [formatCidr(detector.cidr)] : [],
    serviceCIDRs: withoutCovered(cidrs).map(formatCidr),
    nodePortAddresses: [...new Set(listed)].toSorted(),
  };
}
