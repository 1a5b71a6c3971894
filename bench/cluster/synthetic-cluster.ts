import { endpointAddress, MOST_ENDPOINTS } from './addressing.ts';

/** How many Services and how many endpoints of each. */
export interface Size {
  readonly services: number;
  readonly endpointsEach: number;
}

/** At most so many Services show by packets, all the time, what is in effect. */
const SAMPLED = 64;

/**
 * What is in the cluster of a measurement, and what has changed in it. A few Services, spread evenly and the last one
 * among them, are sampled: they have one endpoint only, so that a single packet tells which state is in effect.
 */
export class SyntheticCluster {
  readonly size: Size;
  /** The Services that are sampled, by number, in order. */
  readonly sampled: readonly number[];
  readonly #isSampled: ReadonlySet<number>;
  readonly #rounds = new Map<number, number>();

  /** @throws Error for a size that the addresses do not suffice for */
  constructor(size: Size) {
    const { services, endpointsEach } = size;
    if (services * endpointsEach > MOST_ENDPOINTS) throw new Error(`more than ${MOST_ENDPOINTS} endpoints`);
    this.size = size;
    const count = Math.min(SAMPLED, services);
    this.sampled = Array.from({ length: count }, (_, n) => Math.ceil(((n + 1) * services) / count) - 1);
    this.#isSampled = new Set(this.sampled);
  }

  get services(): readonly number[] {
    return Array.from({ length: this.size.services }, (_, i) => i);
  }

  isSampled(i: number): boolean {
    return this.#isSampled.has(i);
  }

  /** How often an endpoint of Service i has been replaced. */
  round(i: number): number {
    return this.#rounds.get(i) ?? 0;
  }

  /** Replaces the first endpoint of Service i by another one. */
  change(i: number): void {
    this.#rounds.set(i, this.round(i) + 1);
  }

  /** The endpoints of Service i as of now. */
  endpointsOf(i: number): readonly string[] {
    return endpointsAt(this.size, this.isSampled(i), i, this.round(i));
  }

  get endpointCount(): number {
    const { services, endpointsEach } = this.size;
    return (services - this.sampled.length) * endpointsEach + this.sampled.length;
  }
}

function endpointsAt({ endpointsEach }: Size, isSampled: boolean, i: number, round: number): readonly string[] {
  const count = isSampled ? 1 : endpointsEach;
  return Array.from({ length: count }, (_, k) => endpointAddress(i * endpointsEach + k, k === 0 && round % 2 === 1));
}
