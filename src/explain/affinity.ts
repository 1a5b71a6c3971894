import { pinKey, type PinPolicy } from '../backend/nftables/affinity-rules.ts';
import { affinityMaps, NFT_FAMILY, TABLE, type L4Protocol, type RulesetOptions } from '../backend/nftables/schema.ts';
import { parseShapeName } from '../backend/nftables/shapes.ts';
import type { TrafficPolicy } from '../model/service-port.ts';
import type { Step } from './types.ts';

interface Client {
  /** Canonical; undefined where it is not known. */
  readonly address: string | undefined;
  readonly timeoutSeconds: number;
  readonly policy: TrafficPolicy;
}

/**
 * Tells which pin of the client is looked up before an endpoint is chosen. Whether there is one, only the kernel knows.
 * @param shape name of the chain that the element leads to
 */
export function affinityStep(shape: string, { family, affinity }: RulesetOptions, client: Client): Step | undefined {
  const parsed = parseShapeName(shape);
  if (!parsed?.sticky) return undefined;
  const { sticky, protocol } = parsed;
  if (sticky === 'hash' || affinity === 'hashed') {
    return {
      about: 'affinity',
      says: 'ClientIP affinity by a hash of the source: one client, one of these endpoints, while their number stays the same',
    };
  }
  const policies: PinPolicy[] =
    client.policy === 'cluster' ? ['cluster', ...(sticky.sharesLocal ? (['local'] as const) : [])] : ['local'];
  return {
    about: 'affinity',
    says: `ClientIP affinity for ${client.timeoutSeconds} s: a client with a pin stays with its endpoint, all others are pinned to the one they get`,
    where: policies.flatMap(policy =>
      pinTexts(family, protocol, pinKey(sticky.clusterIP, sticky.port, policy), client.address),
    ),
  };
}

/** Of an IPv6 client the kernel keeps a hash, which is not made here. */
function pinTexts(
  family: RulesetOptions['family'],
  l4: L4Protocol,
  key: readonly number[],
  address: string | undefined,
): string[] {
  const client = family === 'ipv4' ? (address ?? 'SOURCE') : 'HASH';
  return affinityMaps(family, l4).map(
    ({ name }) => `${NFT_FAMILY[family]} ${TABLE} ${name} { ${[...key, client].join(' . ')} }`,
  );
}
