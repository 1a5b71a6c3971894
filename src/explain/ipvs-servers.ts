import { encodeLine } from '../backend/ipvs/encode.ts';
import { claimOfVirtualServer, parseKey, parseTarget, type Target } from '../backend/ipvs/schema.ts';
import type { DesiredTable } from '../backend/nftables/desired-table.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import type { TrafficPolicy } from '../model/service-port.ts';
import type { Choice } from './endpoint-choice.ts';
import { l4Of, type InForce } from './scene.ts';
import type { ChosenEndpoint, LeftOutEndpoint } from './types.ts';

/** A virtual server of IPVS, as it should be in the kernel. */
export interface IpvsServer {
  /** `10.96.0.10 . tcp . 80` */
  readonly key: string;
  /** `-A -t 10.96.0.10:80 -s rr` */
  readonly line: string;
  readonly scheduler: string;
  /** Of its real servers, by address:port. */
  readonly weights: ReadonlyMap<string, number>;
}

/** Local real servers stand at these indices of an endpoint map: see shapes.ts. */
const LOCAL_INDEX = '65536 . ';

/** The virtual server that a virtual server of the plan leads to in mode ipvs. @returns undefined where it leads to none */
export function ipvsServerOf(table: DesiredTable, front: InForce, policy: TrafficPolicy): IpvsServer | undefined {
  const { entries } = front.claim;
  const l4 = l4Of(front.virtualServer.protocol);
  const isDirect = entries.some(({ container, value }) => container === 'services' && value === 'return');
  const index = policy === 'cluster' ? '0 . ' : LOCAL_INDEX;
  const target = entries.find(({ container, key }) => container.includes('endpoints-') && key.startsWith(index));
  const [address, port] = target?.value.split(' . ') ?? [];
  const key = isDirect ? front.id : [address, l4, port].join(' . ');
  return serverAt(table, key);
}

/** @param key `10.96.0.10 . tcp . 80` */
function serverAt({ ledger }: DesiredTable, key: string): IpvsServer | undefined {
  const entries = ledger.claimInForce(claimOfVirtualServer(key))?.claim.entries;
  const virtualServer = entries?.find(({ container }) => container === 'virtual-servers');
  if (!entries || !virtualServer) return undefined;
  const weights = new Map<string, number>();
  for (const entry of entries) {
    const { realServer } = parseKey(entry.key);
    if (realServer) weights.set(formatEndpoint(realServer), Number(/-w (\d+)/.exec(entry.value)?.[1]));
  }
  return {
    key,
    line: encodeLine('A', virtualServer),
    scheduler: /-s (\S+)/.exec(virtualServer.value)?.[1] ?? '',
    weights,
  };
}

/** What IPVS makes of a choice: its real servers count, who has weight 0 gets nothing new, and shares go by scheduler and weight. */
export function weighed({ endpoints, leftOut, steps }: Choice, server: IpvsServer, from: TrafficPolicy): Choice {
  const { weights, scheduler } = server;
  const known = new Map(endpoints.map(endpoint => [formatEndpoint(endpoint), endpoint]));
  const used = [...weights].filter(([, weight]) => weight > 0).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const total = used.reduce((sum, [, weight]) => sum + weight, 0);
  const resting = endpoints.filter(endpoint => !weights.get(formatEndpoint(endpoint)));
  return {
    steps,
    endpoints: used.map(([text, weight]): ChosenEndpoint => {
      const { share: _, ...endpoint } = known.get(text) ?? { ...targetOf(text), node: '', isLocal: false, notes: [] };
      const share = scheduler === 'rr' ? 1 / used.length : scheduler === 'wrr' ? weight / total : undefined;
      const notes = weight === 1 ? endpoint.notes : [...endpoint.notes, `weight ${weight}`];
      return { ...endpoint, ...(share !== undefined && { share }), notes };
    }),
    leftOut: [
      ...leftOut,
      ...resting.map(({ address, port, node }): LeftOutEndpoint => ({
        address,
        port,
        node,
        from,
        reason: 'weight',
        says: 'its weight is 0',
      })),
    ],
  };
}

const targetOf = (text: string): Target => parseTarget(text) ?? { address: text, port: 0 };
