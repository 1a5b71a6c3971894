import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { SERVER_LIMITS } from './http-server.ts';

/** Load balancers ask from few addresses; the bound is for one port of one Service. */
const CONNECTION_LIMIT = 64;

export interface NodePortListener {
  /** Ends all connections; the port is free at once. */
  close(): void;
}

/**
 * Answers HTTP at one port of several addresses of one family. An IPv6 socket takes no IPv4, so that both families of a
 * Service can hold the same port (kubernetes#137370).
 *
 * node:http and not fastify: there may be hundreds of these, with one answer to any request and no routes, and a fastify
 * instance is 210 KB of heap each, a server of node:http 1 KB (measured: Node 24, 300 of each).
 * @throws Error of the first address that cannot be bound; those bound before it are closed again.
 */
export async function openNodePortListener(
  addresses: readonly string[],
  port: number,
  answer: RequestListener,
): Promise<NodePortListener> {
  const servers: Server[] = [];
  const close = (): void => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  };
  try {
    for (const host of addresses) servers.push(await listen(host, port, answer));
  } catch (error) {
    close();
    throw error;
  }
  return { close };
}

function listen(host: string, port: number, answer: RequestListener): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer({ ...SERVER_LIMITS }, answer);
    server.maxConnections = CONNECTION_LIMIT;
    // Stays for good: once it listens, a failed accept() concerns one client and must not end the process.
    server.on('error', reject);
    server.listen({ host, port, ipv6Only: true }, () => resolve(server));
  });
}
