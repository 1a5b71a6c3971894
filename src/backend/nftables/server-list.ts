import type { RealServer } from '../../plan/types.ts';

/**
 * Real servers as values of an endpoint map (`10.244.1.2 . 8080`), which are made when asked for: the addresses are the texts that are kept
 * with the slices anyhow, and one port is nearly always that of all.
 */
export class ServerList {
  readonly #addresses: readonly string[];
  readonly #ports: number | readonly number[];

  constructor(servers: readonly RealServer[]) {
    this.#addresses = servers.map(({ address }) => address);
    const [first] = servers;
    const isOfAll = servers.every(({ port }) => port === first?.port);
    this.#ports = isOfAll ? (first?.port ?? 0) : servers.map(({ port }) => port);
  }

  get length(): number {
    return this.#addresses.length;
  }

  /** @param i less than the length */
  at(i: number): string {
    const port = typeof this.#ports === 'number' ? this.#ports : this.#ports[i];
    return `${this.#addresses[i]} . ${port}`;
  }
}

export const NO_SERVERS = new ServerList([]);
