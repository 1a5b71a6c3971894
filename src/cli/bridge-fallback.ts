import type { Configuration } from '../config/schema.ts';
import { bridgeAddresses, bridgesAskHooks } from '../kernel/bridges.ts';
import { formatCidr, parseCidr, withoutCovered, type Family } from '../model/ip.ts';

/** What of this machine is asked. */
export interface BridgeQuestions {
  readonly addresses: () => Promise<readonly string[]>;
  readonly askHooks: (family: Family) => Promise<boolean>;
}

const MACHINE: BridgeQuestions = { addresses: bridgeAddresses, askHooks: bridgesAskHooks };

/**
 * In mode ipvs, the subnets within which a reply would go from pod to pod and miss IPVS, so that connections have to be masqueraded.
 * @throws CommandError
 */
export async function bridgeSubnets(
  setting: Configuration['ipvs']['bridgeFallbackSNAT'],
  families: readonly Family[],
  { addresses, askHooks }: BridgeQuestions = MACHINE,
): Promise<ReadonlyMap<Family, readonly string[]>> {
  if (setting === false) return new Map();
  const cidrs = (await addresses()).flatMap(text => parseCidr(text) ?? []);
  const found = new Map<Family, readonly string[]>();
  for (const family of families) {
    if (setting === 'auto' && (await askHooks(family))) continue;
    // No pod has an address of the link alone, and in a subnet of one address is nobody else.
    const own = cidrs.filter(
      cidr =>
        cidr.family === family && !cidr.address.startsWith('fe80:') && cidr.prefix < (family === 'ipv4' ? 31 : 127),
    );
    if (own.length) found.set(family, withoutCovered(own).map(formatCidr));
  }
  return found;
}
