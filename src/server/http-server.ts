import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

/** As kube-proxy: so long until a failed bind is tried again. */
export const BIND_RETRY_MS = 5000;

/** A flood at /healthz, which is open to all, must not take the file descriptors that programming the kernel needs. */
const CONNECTION_LIMIT = 512;

/** In milliseconds. Node looks every 30 s for requests that are late, so that a slow client may hold on a bit longer. */
export const SERVER_LIMITS = { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 30_000 } as const;

export interface HttpServerOptions {
  /** For the log and errors: `healthz`, `metrics`. */
  readonly name: string;
  /** An IP address. `::` serves IPv4, too, unless ipv6Only is set; `0.0.0.0` is IPv4 only. */
  readonly host: string;
  readonly port: number;
  readonly ipv6Only?: boolean;
  /** bindAddressHardFail: tell onFatal about a failed bind instead of trying again. */
  readonly hardFail: boolean;
  readonly onFatal: (error: Error) => void;
  readonly onListening?: (address: AddressInfo) => void;
  readonly log: Logger;
}

export interface HttpServer {
  /** Ends all connections and frees the port; nothing is tried again. */
  close(): Promise<void>;
}

/**
 * Serves an app. Returns at once: a port that is taken does not keep the proxy from its work. The failure is logged and
 * the port tried again every 5 s, for ever (kube-proxy's serveHealthz and serveMetrics); with hardFail it is told once.
 */
export function startHttpServer(app: FastifyInstance, options: HttpServerOptions): HttpServer {
  const { name, host, port, ipv6Only = false, hardFail, onFatal, onListening, log } = options;
  let isClosed = false;
  let retry: NodeJS.Timeout | undefined;

  // A server of our own and not app.listen(): that cannot be called again after a failure.
  const server = createServer({ ...SERVER_LIMITS }, (request, response) => app.routing(request, response));
  server.maxConnections = CONNECTION_LIMIT;
  server.on('listening', () => {
    if (isClosed) {
      server.close();
      return;
    }
    const address = server.address();
    log.info({ server: name, host, port }, 'HTTP server is listening');
    if (typeof address === 'object' && address) onListening?.(address);
  });
  server.on('error', error => {
    // Accepting a connection failed, not binding: the server goes on.
    if (server.listening) log.warn({ server: name, err: error }, 'HTTP server could not accept a connection');
    else fail(error);
  });
  const listen = (): void => void (isClosed || server.listen({ host, port, ipv6Only }));
  const fail = (error: Error): void => {
    if (isClosed) return;
    if (hardFail) {
      onFatal(new Error(`${name} server failed to listen on ${host} port ${port}`, { cause: error }));
      return;
    }
    log.error({ server: name, host, port, err: error }, 'HTTP server failed to listen, will try again');
    retry = setTimeout(listen, BIND_RETRY_MS).unref();
  };
  app.ready().then(listen, onFatal);

  return {
    close: async () => {
      isClosed = true;
      clearTimeout(retry);
      if (server.listening) {
        const closed = new Promise(resolve => server.close(resolve));
        server.closeAllConnections();
        await closed;
      }
      await app.close();
    },
  };
}
