import type { Family } from '../../model/ip.ts';
import type { ServicePlan } from '../../plan/types.ts';

/** Where UDP clients send to, and the endpoints (`address:port`) with which their flows may go on. */
export type Frontends = ReadonlyMap<string, ReadonlySet<string>>;

/** Key of a frontend; a NodePort has no address of its own. */
export const frontendKey = (address: string | undefined, port: number): string => `${address ?? '*'} ${port}`;

type Owned = ReadonlyMap<string, readonly string[]>;

/**
 * Knows the UDP frontends of one family, and which of them may have stale flows: those that are new, that are gone, or that lost an
 * endpoint. (A client may have sent before there was an endpoint, and a one-way sender keeps its flow alive for ever.) What was found is
 * remembered until it is cleaned up.
 */
export class UdpFrontends {
  readonly #byOwner = new Map<string, Owned>();
  readonly #owners = new Map<string, Set<string>>();
  readonly #suspects = new Set<string>();

  /** Notes what a Service has; undefined: it is gone. */
  record(owner: string, plan: ServicePlan | undefined): void {
    const before = this.#byOwner.get(owner);
    const now = plan && ownedBy(plan);
    if (!before && !now?.size) return;
    for (const [key, serving] of now ?? []) {
      const was = before?.get(key);
      if (!was || was.some(endpoint => !serving.includes(endpoint)) || (!was.length && serving.length))
        this.#suspects.add(key);
      const owners = this.#owners.get(key) ?? new Set();
      this.#owners.set(key, owners.add(owner));
    }
    for (const key of before?.keys() ?? []) {
      if (now?.has(key)) continue;
      this.#suspects.add(key);
      this.#owners.get(key)?.delete(owner);
      if (!this.#owners.get(key)?.size) this.#owners.delete(key);
    }
    if (now?.size) this.#byOwner.set(owner, now);
    else this.#byOwner.delete(owner);
  }

  /** Keys of the frontends that may have stale flows. */
  suspects(): readonly string[] {
    return [...this.#suspects];
  }

  /** Frontends with those whose flows may go on, as of now: nobody's, where the frontend is gone. */
  resolve(keys: Iterable<string>): Frontends {
    return new Map([...keys].map(key => [key, this.#serving(key)]));
  }

  /** Two Services may claim one frontend: then the flows of both may go on. */
  #serving(key: string): ReadonlySet<string> {
    return new Set([...(this.#owners.get(key) ?? [])].flatMap(owner => this.#byOwner.get(owner)?.get(key) ?? []));
  }

  /** These have been cleaned up. */
  settle(keys: Iterable<string>): void {
    for (const key of keys) this.#suspects.delete(key);
  }
}

function ownedBy({ ports }: ServicePlan): Owned {
  const owned = new Map<string, readonly string[]>();
  for (const { virtualServers, servingEndpoints } of ports) {
    for (const { address, port, protocol } of virtualServers) {
      if (protocol === 'UDP') owned.set(frontendKey(address, port), servingEndpoints);
    }
  }
  return owned;
}

/** One UDP entry of connection tracking. */
export interface Flow {
  readonly family: Family;
  /** Where the client sent to. */
  readonly originalDestination: string;
  readonly originalPort: number;
  /** Who answers; the same as the destination where nothing was translated. */
  readonly replySource: string;
  readonly replyPort: number;
}

/**
 * Which of the flows point to nobody who serves them any more. Pure.
 * Kubernetes behaviour: pkg/proxy/conntrack/cleanup.go, but a NodePort's flows are those to an address of this node.
 * @param isLocal whether an address is one of this node's
 * @returns one flow for all those between the same frontend and the same endpoint
 */
export function staleFlows(flows: Iterable<Flow>, suspects: Frontends, isLocal: (address: string) => boolean): Flow[] {
  const stale = new Map<string, Flow>();
  for (const flow of flows) {
    const { originalDestination, originalPort, replySource, replyPort } = flow;
    const serving =
      suspects.get(frontendKey(originalDestination, originalPort)) ??
      (isLocal(originalDestination) ? suspects.get(frontendKey(undefined, originalPort)) : undefined);
    if (!serving) continue;
    const endpoint = replySource.includes(':') ? `[${replySource}]:${replyPort}` : `${replySource}:${replyPort}`;
    if (!serving.has(endpoint)) stale.set(`${originalDestination} ${originalPort} ${endpoint}`, flow);
  }
  return [...stale.values()];
}
