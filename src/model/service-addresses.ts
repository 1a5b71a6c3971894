import type { Service } from '../kube/types.ts';
import { type Cidr, type Family, familyLabel, formatCidr, parseAddress, parseCidr } from './ip.ts';
import type { Report } from './problem-list.ts';

/** Most Services have none of these lists; they share this one. */
const NONE: readonly never[] = [];

/** All addresses and ranges of one Service in one family, canonical and each of them once. */
export interface ServiceAddresses {
  readonly clusterIP: string;
  readonly externalIPs: readonly string[];
  readonly loadBalancerIPs: readonly string[];
  readonly sourceRanges: readonly Cidr[];
}

/**
 * Reads the addresses of a Service as kube-proxy does: blank entries are passed over, entries that are no address are
 * reported and passed over.
 * @returns undefined where the Service has no ClusterIP of this family, and so is not there for it.
 */
export function serviceAddressesOf(service: Service, family: Family, report: Report): ServiceAddresses | undefined {
  const clusterIP = clusterIPOf(service, family, report);
  if (clusterIP === undefined) return undefined;
  const externalIPs = externalIPsOf(service, family, report);
  const loadBalancerIPs = loadBalancerIPsOf(service, family, report);
  return {
    clusterIP,
    // An address of both kinds is forwarded alike but only a load balancer's is firewalled: kube-proxy firewalls it.
    externalIPs: loadBalancerIPs.length === 0 ? externalIPs : externalIPs.filter(one => !loadBalancerIPs.includes(one)),
    loadBalancerIPs,
    sourceRanges: sourceRangesOf(service, family, report),
  };
}

/** Goes by `ipFamilies`, or by the address itself in objects from before dual-stack (GetClusterIPByFamily). */
function clusterIPOf(
  { clusterIP, clusterIPs, ipFamilies }: Service,
  family: Family,
  report: Report,
): string | undefined {
  const label = familyLabel[family];
  const index = ipFamilies.indexOf(label);
  if (ipFamilies.length > 0 && index === -1) return undefined;
  const told = index === -1 ? undefined : clusterIPs[index];
  // A manifest that the API server has not defaulted may have nothing but clusterIP.
  const text = told ?? (index < 1 ? clusterIP : '');
  if (text === '' || text === 'None') return undefined;
  const address = parseAddress(text);
  if (address?.family === family) return address.text;
  const field = told === undefined ? 'spec.clusterIP' : `spec.clusterIPs[${index}]`;
  if (!address) report(field, `${quote(text)} is not an IP address`);
  else if (index !== -1) report(field, `${quote(text)} is not an ${label} address`);
  return undefined;
}

function externalIPsOf(service: Service, family: Family, report: Report): readonly string[] {
  if (service.externalIPs.length === 0) return NONE;
  const found = new Set<string>();
  for (const [i, text] of service.externalIPs.entries()) {
    collect(found, text, family, `spec.externalIPs[${i}]`, report);
  }
  return [...found];
}

function loadBalancerIPsOf(service: Service, family: Family, report: Report): readonly string[] {
  if (service.loadBalancerIngress.length === 0) return NONE;
  const found = new Set<string>();
  for (const [i, { ip, ipMode }] of service.loadBalancerIngress.entries()) {
    // KEP-1860: an address of mode Proxy is the load balancer's own, traffic to it has to leave the node.
    if (ipMode !== undefined && ipMode !== 'VIP') continue;
    collect(found, ip, family, `status.loadBalancer.ingress[${i}].ip`, report);
  }
  return [...found];
}

function collect(found: Set<string>, text: string, family: Family, field: string, report: Report): void {
  if (text.trim() === '') return;
  const address = parseAddress(text);
  if (!address) report(field, `${quote(text)} is not an IP address`);
  else if (address.family === family) found.add(address.text);
}

function sourceRangesOf(service: Service, family: Family, report: Report): readonly Cidr[] {
  if (service.loadBalancerSourceRanges.length === 0) return NONE;
  const found = new Map<string, Cidr>();
  for (const [i, text] of service.loadBalancerSourceRanges.entries()) {
    const trimmed = text.trim();
    if (trimmed === '') continue;
    const cidr = parseCidr(trimmed);
    if (!cidr) report(`spec.loadBalancerSourceRanges[${i}]`, `${quote(trimmed)} is not a CIDR`);
    else if (cidr.family === family) found.set(formatCidr(cidr), cidr);
  }
  return [...found.values()];
}

const quote = (text: string): string => JSON.stringify(text);
