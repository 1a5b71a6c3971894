import http from 'node:http';
import https from 'node:https';
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Access, Credentials, TlsOptions } from './auth.ts';
import type { Clock } from './clock.ts';
import { systemClock, within } from './clock.ts';

/** With libuv's 10 probes a second apart after it, a peer that died silently is noticed after 25 s. */
const TCP_KEEPALIVE_MS = 15_000;
const HEADERS_TIMEOUT_MS = 20_000;
const MAX_IDLE_CONNECTIONS = 4;

export interface TransportRequest {
  readonly method: 'GET' | 'POST';
  /** `list`, `watch`, `create`: for metrics. */
  readonly verb: string;
  /** Plural name, for metrics. */
  readonly resource: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** From now to the response's headers, connecting and credentials included. Default 20 s. */
  readonly headersTimeoutMs?: number;
}

export interface TransportResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** To be read to its end or destroyed, else the connection is never free again. */
  readonly body: Readable;
}

export interface Transport {
  /** Resolves with any status code; rejects where no response came: no connection, timeout, abort, no credentials. */
  request(request: TransportRequest): Promise<TransportResponse>;
  /** Credentials are read anew for the next request; to be called on 401. */
  renewCredentials(): void;
  /** Breaks every connection. */
  close(): void;
}

/** client-go's rest_client_* metrics are made of this. */
export interface RequestObserver {
  onRequest(observed: {
    readonly method: string;
    readonly verb: string;
    /** The status code, or `<error>` where no response came. */
    readonly code: string;
    readonly host: string;
    /** Until the headers of the response. */
    readonly durationSeconds: number;
    readonly resource: string;
  }): void;
}

export interface TransportOptions {
  readonly access: Access;
  readonly userAgent: string;
  readonly observer?: RequestObserver;
  readonly clock?: Clock;
}

/** HTTP/1.1 to the API server over one pool of kept connections, which is renewed when the TLS credentials change. */
export const createTransport = (options: TransportOptions): Transport => new HttpTransport(options);

class HttpTransport implements Transport {
  readonly #access: Access;
  readonly #userAgent: string;
  readonly #observer: RequestObserver | undefined;
  readonly #clock: Clock;
  readonly #isSecure: boolean;
  #agent: http.Agent | undefined;
  #tls: TlsOptions | undefined;

  constructor({ access, userAgent, observer, clock = systemClock }: TransportOptions) {
    this.#access = access;
    this.#userAgent = userAgent;
    this.#observer = observer;
    this.#clock = clock;
    this.#isSecure = access.server.protocol === 'https:';
  }

  renewCredentials(): void {
    this.#access.renew();
  }

  close(): void {
    this.#agent?.destroy();
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    const startedAt = this.#clock.now();
    let code = '<error>';
    try {
      const response = await this.#send(request);
      code = String(response.status);
      return response;
    } finally {
      this.#observer?.onRequest({
        method: request.method,
        verb: request.verb,
        code,
        host: this.#access.server.host,
        durationSeconds: (this.#clock.now() - startedAt) / 1000,
        resource: request.resource,
      });
    }
  }

  async #send(request: TransportRequest): Promise<TransportResponse> {
    const { headersTimeoutMs = HEADERS_TIMEOUT_MS } = request;
    const deadline = this.#clock.now() + headersTimeoutMs;
    const credentials = await within(
      this.#clock,
      headersTimeoutMs,
      this.#access.credentials(),
      () => new Error(`no credentials within ${headersTimeoutMs} ms`),
    );
    const leftMs = Math.max(1, Math.min(deadline - this.#clock.now(), headersTimeoutMs));
    return this.#exchange(request, credentials, leftMs);
  }

  #exchange(request: TransportRequest, credentials: Credentials, timeoutMs: number): Promise<TransportResponse> {
    const { signal } = request;
    signal?.throwIfAborted();
    const agent = credentials.proxyAgent ?? this.#agentFor(credentials.tls);
    const outgoing = (this.#isSecure ? https : http).request({ ...this.#options(request, credentials), agent });
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        outgoing.destroy(new Error('aborted'));
      };
      const cancelTimer = this.#clock.after(timeoutMs, () => {
        outgoing.destroy(new Error(`no response from ${this.#access.server.host} within ${timeoutMs} ms`));
      });
      signal?.addEventListener('abort', onAbort, { once: true });
      outgoing.on('socket', socket => socket.setKeepAlive(true, TCP_KEEPALIVE_MS));
      outgoing.on('error', error => {
        dropIdle(agent);
        reject(error);
      });
      outgoing.on('close', () => {
        cancelTimer();
        signal?.removeEventListener('abort', onAbort);
      });
      outgoing.on('response', response => {
        cancelTimer();
        // Whoever reads the body sees its error; a body that nobody reads must not end the process.
        response.on('error', () => dropIdle(agent));
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: response });
      });
      outgoing.end(request.body);
    });
  }

  #options(request: TransportRequest, credentials: Credentials): https.RequestOptions {
    const { server } = this.#access;
    const query = request.query ? `?${new URLSearchParams(request.query).toString()}` : '';
    return {
      method: request.method,
      protocol: server.protocol,
      hostname: server.hostname.replace(/^\[|\]$/g, ''),
      port: server.port,
      path: `${server.pathname.replace(/\/$/, '')}${request.path}${query}`,
      headers: {
        Accept: 'application/json',
        'User-Agent': this.#userAgent,
        ...(request.body === undefined
          ? {}
          : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(request.body) }),
        ...request.headers,
        ...credentials.headers,
      },
    };
  }

  #agentFor(tls: TlsOptions): http.Agent {
    if (this.#agent && this.#tls === tls) return this.#agent;
    if (this.#agent) retire(this.#agent);
    const options = { keepAlive: true, keepAliveMsecs: TCP_KEEPALIVE_MS, maxFreeSockets: MAX_IDLE_CONNECTIONS };
    this.#agent = this.#isSecure ? new https.Agent({ ...options, ...tls }) : new http.Agent(options);
    this.#tls = tls;
    return this.#agent;
  }
}

/** Lets the connections in use end in their own time, and keeps none of them. */
function retire(agent: http.Agent): void {
  agent.maxFreeSockets = 0;
  dropIdle(agent);
}

/**
 * What broke one connection may have broken those that wait, too, without a word: a request on one of them would get no answer until its
 * time is up, since the kernel probes no connection that has something to send.
 */
function dropIdle(agent: http.Agent): void {
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}
