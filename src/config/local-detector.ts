import { parseCidr, type Cidr, type Family } from '../model/ip.ts';
import type { Configuration } from './schema.ts';
import { MAX_INTERFACE_NAME_BYTES } from './sections/detect-local.ts';

/** What makes a packet one of a local pod: its source, or the interface that it comes in by. */
export type LocalDetector =
  | { readonly kind: 'cidr'; readonly cidr: Cidr }
  /** Fit to stand between quotes in `iifname "…"`: `cni0`, or with a wildcard `veth*`. */
  | { readonly kind: 'interface'; readonly pattern: string };

/**
 * How traffic of local pods is told in one family (kube-proxy's getLocalDetectors).
 * @param podCIDRs of the Node object, for mode NodeCIDR
 * @returns undefined where nothing tells: nobody counts as local, nor as foreign
 */
export function localDetectorFor(
  { detectLocalMode, detectLocal, clusterCIDR }: Configuration,
  family: Family,
  podCIDRs: readonly string[],
): LocalDetector | undefined {
  if (detectLocalMode === 'ClusterCIDR') return firstCidr(clusterCIDR.split(','), family);
  if (detectLocalMode === 'NodeCIDR') return firstCidr(podCIDRs, family);
  if (detectLocalMode === 'BridgeInterface') return { kind: 'interface', pattern: detectLocal.bridgeInterface };
  return { kind: 'interface', pattern: prefixPattern(detectLocal.interfaceNamePrefix) };
}

function firstCidr(texts: readonly string[], family: Family): LocalDetector | undefined {
  const cidr = texts.map(text => parseCidr(text)).find(cidr => cidr?.family === family);
  return cidr && { kind: 'cidr', cidr };
}

/** A prefix of full length is a whole name, and nft refuses it with an asterisk ("String exceeds maximum length of 16"). */
const prefixPattern = (prefix: string): string =>
  new TextEncoder().encode(prefix).length < MAX_INTERFACE_NAME_BYTES ? `${prefix}*` : prefix;
