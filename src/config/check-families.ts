import { FAMILIES, familyLabel, parseCidr, type Family } from '../model/ip.ts';
import { parseHostPort } from './host-port.ts';
import type { FieldProblem } from './problem.ts';
import type { Configuration } from './schema.ts';

export interface NodeFamilies {
  readonly primaryFamily: Family;
  /** Those that this node can run. */
  readonly families: readonly Family[];
  /** Of the Node object. */
  readonly podCIDRs: readonly string[];
}

export interface FamilyProblems {
  /** sluice must not start with these. */
  readonly fatal: readonly FieldProblem[];
  readonly warnings: readonly FieldProblem[];
}

/**
 * Compares the families of the configuration with those of the node, once both are known (kube-proxy's checkBadConfig and
 * checkBadIPConfig). Most mismatches never were errors and cannot become ones.
 */
export function checkFamilies(configuration: Configuration, node: NodeFamilies): FamilyProblems {
  const fatal: FieldProblem[] = [];
  const warnings = [...nodePortWarnings(configuration, node), ...detectorWarnings(configuration, node)];
  const isSingleStack = node.families.length === 1;
  const { detectLocalMode, clusterCIDR } = configuration;
  const wrong = otherFamily(node.primaryFamily);
  const mismatch = (field: string): FieldProblem => ({
    field,
    message: `has only ${familyLabel[wrong]}, but the node is ${familyLabel[node.primaryFamily]}${isSingleStack ? '-only' : '-primary'}`,
  });
  if (areAll(wrong, clusterCIDR.split(','))) {
    const list = detectLocalMode === 'ClusterCIDR' && isSingleStack ? fatal : warnings;
    list.push(mismatch('clusterCIDR'));
  }
  if (areAll(wrong, node.podCIDRs)) {
    const list = detectLocalMode === 'NodeCIDR' ? fatal : warnings;
    list.push(mismatch('Node spec.podCIDRs'));
  }
  if (isSingleStack) warnings.push(...singleStackMismatches(configuration, wrong).map(mismatch));
  return { fatal, warnings };
}

/** Only for what is missing altogether; what is of the other family is a mismatch. */
function detectorWarnings({ detectLocalMode, clusterCIDR }: Configuration, { podCIDRs }: NodeFamilies): FieldProblem[] {
  const message = 'not set: local pods cannot be told, and traffic from elsewhere to ClusterIPs is not masqueraded';
  if (detectLocalMode === 'ClusterCIDR' && clusterCIDR === '') return [{ field: 'clusterCIDR', message }];
  if (detectLocalMode === 'NodeCIDR' && podCIDRs.length === 0) return [{ field: 'Node spec.podCIDRs', message }];
  return [];
}

function singleStackMismatches(configuration: Configuration, wrong: Family): readonly string[] {
  const addresses = (['healthzBindAddress', 'metricsBindAddress'] as const).filter(field => {
    const address = parseHostPort(configuration[field] ?? '');
    return address?.family === wrong && address.host !== '::' && address.host !== '0.0.0.0';
  });
  return areAll(wrong, configuration.ipvs.excludeCIDRs) ? ['ipvs.excludeCIDRs', ...addresses] : addresses;
}

/** Only CIDRs can be judged; `primary` is what the node has. */
function nodePortWarnings(configuration: Configuration, { primaryFamily, podCIDRs }: NodeFamilies): FieldProblem[] {
  const { nodePortAddresses, clusterCIDR, ipvs } = configuration;
  const field = 'nodePortAddresses';
  if (nodePortAddresses.length === 0) {
    return [{ field, message: 'not set: NodePorts are at all local addresses; primary would keep them to the node' }];
  }
  if (nodePortAddresses.includes('primary')) return [];
  const other = otherFamily(primaryFamily);
  const isDualStack = [clusterCIDR.split(','), nodePortAddresses, ipvs.excludeCIDRs, podCIDRs].some(isOfBothFamilies);
  for (const [missing, present] of [
    [other, primaryFamily],
    [primaryFamily, other],
  ] as const) {
    if ((missing === primaryFamily || isDualStack) && areAll(present, nodePortAddresses)) {
      const labels = [familyLabel[present], familyLabel[missing]] as const;
      return [{ field, message: `has only ${labels[0]}: NodePorts are at all local ${labels[1]} addresses` }];
    }
  }
  return [];
}

const otherFamily = (family: Family): Family => (family === 'ipv4' ? 'ipv6' : 'ipv4');

const areAll = (family: Family, cidrs: readonly string[]): boolean =>
  cidrs.length > 0 && cidrs.every(cidr => parseCidr(cidr)?.family === family);

const isOfBothFamilies = (cidrs: readonly string[]): boolean =>
  FAMILIES.every(family => cidrs.some(cidr => parseCidr(cidr)?.family === family));
