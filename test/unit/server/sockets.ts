import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { text } from 'node:stream/consumers';

/** Listens with a bare socket, to keep a port from others; `::` takes it in both families. */
export async function occupy(host: string, port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen({ host, port }, resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('not listening');
  return { server, port: address.port };
}

/** Gives a port of {@link occupy} back. */
export async function release(server: Server): Promise<void> {
  await new Promise(closed => server.close(closed));
}

/** Ports that are free in both families, each another one. */
export async function freePorts(count: number): Promise<number[]> {
  const held = await Promise.all(Array.from({ length: count }, () => occupy('::')));
  await Promise.all(held.map(({ server }) => release(server)));
  return held.map(({ port }) => port);
}

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Where there is no answer: the code of the socket's error, `ECONNREFUSED`. */
  readonly body: string;
}

/** Asks by HTTP, on a connection of its own. */
export function ask(host: string, port: number, path = '/', method = 'GET', body?: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const client = request({ host, port, path, method, agent: false }, response => {
    const { statusCode: status, headers } = response;
    text(response).then(body => resolve({ status, headers, body }), reject);
  });
  client.on('error', (error: NodeJS.ErrnoException) =>
    resolve({ status: undefined, headers: {}, body: error.code ?? error.message }),
  );
  client.end(body);
  return promise;
}
