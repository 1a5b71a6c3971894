import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Family } from '../model/ip.ts';
import { BIND_RETRY_MS } from './http-server.ts';
import { openNodePortListener } from './node-port-listener.ts';
import type { NodePortListener } from './node-port-listener.ts';

/** What one Service wants. */
export interface NodePortHealthCheck {
  /** Its healthCheckNodePort. */
  readonly port: number;
  /** Distinct addresses of its ready endpoints on this node. */
  readonly localEndpoints: number;
}

export interface BindFailure {
  /** `ns/name`. */
  readonly service: string;
  readonly family: Family;
  readonly port: number;
  readonly error: Error;
}

export interface NodePortHealthOptions {
  /** Where to listen: the node's NodePort addresses, or `0.0.0.0` and `::` for all. They may change; the next update follows. */
  readonly addresses: Readonly<Record<Family, readonly string[]>>;
  /** Of the proxy, whatever the node; always true where there is no health server. */
  readonly isProxyHealthy: () => boolean;
  /** Told once for each Service and port until it can be bound, to be made an event of the Service. */
  readonly onBindFailure: (failure: BindFailure) => void;
  readonly log: Logger;
}

/**
 * The servers of healthCheckNodePorts (pkg/proxy/healthcheck/service_health.go), one for each Service, family and
 * address: 200 while the Service has endpoints on this node and the proxy is healthy, else 503, at any path.
 */
export class NodePortHealthServers {
  readonly #families: Readonly<Record<Family, FamilyServers>>;

  constructor(options: NodePortHealthOptions) {
    this.#families = { ipv4: new FamilyServers('ipv4', options), ipv6: new FamilyServers('ipv6', options) };
  }

  /**
   * Takes the Services, by `ns/name`, that have a health check in a family. Counts are in effect at once, ports soon
   * after: those not wanted any more are closed first, so that a port may pass from one Service to another; others that
   * stay are not touched; one that cannot be bound is tried again with the next update and every 5 s.
   */
  update(family: Family, services: ReadonlyMap<string, NodePortHealthCheck>): void {
    this.#families[family].update(services);
  }

  /** Resolves when what was last asked for is done, or has failed. */
  async settled(): Promise<void> {
    await Promise.all([this.#families.ipv4.settled, this.#families.ipv6.settled]);
  }

  /** Closes all ports. */
  async close(): Promise<void> {
    this.update('ipv4', new Map());
    this.update('ipv6', new Map());
    await this.settled();
  }
}

interface OpenCheck {
  readonly port: number;
  /** Where it listens. */
  readonly addresses: readonly string[];
  readonly listener: NodePortListener;
}

class FamilyServers {
  settled: Promise<void> = Promise.resolve();
  readonly #family: Family;
  readonly #options: NodePortHealthOptions;
  readonly #open = new Map<string, OpenCheck>();
  /** Service to the port whose failure was told. */
  readonly #told = new Map<string, number>();
  #wanted: ReadonlyMap<string, NodePortHealthCheck> = new Map();
  #isStale = false;
  #isConverging = false;
  #retry: NodeJS.Timeout | undefined;

  constructor(family: Family, options: NodePortHealthOptions) {
    this.#family = family;
    this.#options = options;
  }

  update(services: ReadonlyMap<string, NodePortHealthCheck>): void {
    this.#wanted = new Map(services);
    this.#start();
  }

  #start(): void {
    this.#isStale = true;
    if (this.#isConverging) return;
    this.#isConverging = true;
    this.settled = this.#converge();
  }

  async #converge(): Promise<void> {
    clearTimeout(this.#retry);
    while (this.#isStale) {
      this.#isStale = false;
      this.#closeUnwanted();
      const missing = [...this.#wanted].filter(([service]) => !this.#open.has(service));
      await Promise.all(missing.map(([service, { port }]) => this.#openOne(service, port)));
    }
    this.#isConverging = false;
    const isComplete = this.#wanted.size === this.#open.size;
    if (!isComplete) this.#retry = setTimeout(() => this.#start(), BIND_RETRY_MS).unref();
  }

  #closeUnwanted(): void {
    const wanted = this.#options.addresses[this.#family];
    for (const [service, { port, addresses, listener }] of this.#open) {
      if (this.#wanted.get(service)?.port === port && isSame(addresses, wanted)) continue;
      this.#options.log.debug({ service, family: this.#family, port }, 'Closing health check port');
      listener.close();
      this.#open.delete(service);
    }
    for (const [service, port] of this.#told) {
      if (this.#wanted.get(service)?.port !== port) this.#told.delete(service);
    }
  }

  async #openOne(service: string, port: number): Promise<void> {
    const { log } = this.#options;
    const addresses = this.#options.addresses[this.#family];
    try {
      const answer = (_: IncomingMessage, response: ServerResponse): void => this.#answer(service, response);
      const listener = await openNodePortListener(addresses, port, answer);
      log.debug({ service, family: this.#family, port }, 'Opened health check port');
      this.#open.set(service, { port, addresses, listener });
    } catch (error) {
      this.#failed({
        service,
        family: this.#family,
        port,
        error: error instanceof Error ? error : new Error(String(error)),
      });
    }
  }

  #failed(failure: BindFailure): void {
    const { service, family, port, error } = failure;
    if (this.#told.get(service) === port) return;
    this.#told.set(service, port);
    this.#options.log.error({ service, family, port, err: error }, 'Failed to open health check port, will try again');
    this.#options.onBindFailure(failure);
  }

  #answer(service: string, response: ServerResponse): void {
    const localEndpoints = this.#wanted.get(service)?.localEndpoints ?? 0;
    const serviceProxyHealthy = this.#options.isProxyHealthy();
    const [namespace, name] = service.split('/');
    // Indented by tabs as kube-proxy's, field by field in the same order.
    const body = JSON.stringify({ service: { namespace, name }, localEndpoints, serviceProxyHealthy }, null, '\t');
    response.writeHead(localEndpoints > 0 && serviceProxyHealthy ? 200 : 503, {
      'Content-Type': 'application/json',
      'X-Content-Type-Options': 'nosniff',
      'X-Load-Balancing-Endpoint-Weight': localEndpoints,
      'Content-Length': Buffer.byteLength(body),
    });
    response.end(body);
  }
}

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i]);
