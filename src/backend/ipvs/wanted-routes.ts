import { cidrContains, parseCidr, type Cidr, type Family } from '../../model/ip.ts';
import type { FamilyUnit } from '../nftables/diff.ts';
import type { Entry } from '../nftables/schema.ts';

/** Which addresses have to be local on this host, for IPVS to get their packets: service CIDRs, and ClusterIPs that are in none. Pure. */
export class WantedRoutes {
  readonly #family: Family;
  readonly #serviceCIDRs = new Map<string, Cidr>();
  readonly #clusterIPs = new Set<string>();

  constructor(family: Family) {
    this.#family = family;
  }

  /** Begins anew with all that is desired. */
  reset(entries: Iterable<Entry>): void {
    this.#serviceCIDRs.clear();
    this.#clusterIPs.clear();
    for (const entry of entries) this.#add(entry);
  }

  /** Takes over a change. @returns whether it can matter */
  follow(units: readonly FamilyUnit[]): boolean {
    let matters = false;
    for (const { family, deletes, adds } of units) {
      if (family !== this.#family) continue;
      for (const { container, key } of deletes) {
        if (container === 'cluster-ips') matters = this.#clusterIPs.delete(key) || matters;
        else if (container === 'service-cidrs') matters = this.#serviceCIDRs.delete(key) || matters;
      }
      for (const entry of adds) matters = this.#add(entry) || matters;
    }
    return matters;
  }

  #add({ container, key }: Entry): boolean {
    if (container === 'cluster-ips') {
      this.#clusterIPs.add(key);
      return true;
    }
    const cidr = container === 'service-cidrs' ? parseCidr(key) : undefined;
    if (cidr) this.#serviceCIDRs.set(key, cidr);
    return cidr !== undefined;
  }

  /** Whether the address is one of a service CIDR. */
  covers(address: string): boolean {
    return [...this.#serviceCIDRs.values()].some(cidr => cidrContains(cidr, { family: this.#family, text: address }));
  }

  /**
   * Canonical, the CIDRs first. A CIDR in which this node has an address itself is that of its network: all other hosts in it would be out
   * of reach, so only the ClusterIPs in it are taken; and never an address of the node, which is local anyway.
   * @param own addresses of the node
   */
  cidrs(own: ReadonlySet<string>): string[] {
    const whole = this.#family === 'ipv4' ? 32 : 128;
    const addresses = [...own].map(text => ({ family: this.#family, text }));
    const taken = [...this.#serviceCIDRs].filter(([, cidr]) => !addresses.some(one => cidrContains(cidr, one)));
    const isTaken = (text: string): boolean =>
      taken.some(([, cidr]) => cidrContains(cidr, { family: this.#family, text }));
    const alone = [...this.#clusterIPs].filter(address => !own.has(address) && !isTaken(address));
    return [...taken.map(([key]) => key), ...alone.map(address => `${address}/${whole}`)];
  }
}
