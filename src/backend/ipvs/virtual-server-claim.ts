import type { TrafficPolicy } from '../../model/service-port.ts';
import type { ServicePortPlan } from '../../plan/types.ts';
import type { Claim } from '../nftables/claim.ts';
import type { Entry, L4Protocol } from '../nftables/schema.ts';
import { chosenFor, drainingFor } from './endpoint-choice.ts';
import {
  claimOfVirtualServer,
  formatSettings,
  formatWeight,
  realServerKey,
  virtualServerKey,
  type VirtualServerSettings,
} from './schema.ts';

interface ClaimParts {
  readonly port: ServicePortPlan;
  /** Which of its sets of endpoints. */
  readonly policy: TrafficPolicy;
  /** Of the ClusterIP. */
  readonly number: number;
  readonly settings: VirtualServerSettings;
  readonly nodeName: string;
}

/** A virtual server of IPVS with its real servers; its entries are made when asked, since most are never asked for twice. */
export class VirtualServerClaim implements Claim {
  readonly #parts: ClaimParts;
  readonly #key: string;

  constructor(parts: ClaimParts) {
    this.#parts = parts;
    const { servicePort } = parts.port;
    this.#key = virtualServerKey(servicePort.protocol.toLowerCase() as L4Protocol, {
      address: servicePort.clusterIP,
      port: parts.number,
    });
  }

  get id(): string {
    return claimOfVirtualServer(this.#key);
  }

  get entries(): readonly Entry[] {
    const { port, policy, settings, nodeName } = this.#parts;
    const weights = new Map<string, number>();
    for (const endpoint of drainingFor(port, policy)) weights.set(realServerKey(this.#key, endpoint), 0);
    const chosen = chosenFor(port, policy);
    // Where all are to get nothing, IPVS would refuse clients that could be served.
    const isAnyWanted = chosen.some(({ weight }) => weight !== 0);
    for (const server of chosen) {
      const weight = isAnyWanted ? (server.weight ?? 1) : 1;
      if (weight || port.servicePort.protocol === 'TCP') weights.set(realServerKey(this.#key, server), weight);
    }
    const servers = [...weights].map(([key, weight]): Entry & { readonly order: number } => ({
      container: 'real-servers',
      key,
      value: formatWeight(weight),
      order: hash(`${nodeName} ${key}`),
    }));
    return [
      { container: 'virtual-servers', key: this.#key, value: formatSettings(settings) },
      // Round robin begins with the one that was added last; with one order on all nodes it would get the first connection of each.
      ...servers.toSorted((a, b) => a.order - b.order).map(({ container, key, value }) => ({ container, key, value })),
    ];
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
