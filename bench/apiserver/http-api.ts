import http from 'node:http';
import { once } from 'node:events';
import type { ResourceShelf } from './resource-shelf.ts';

const BOOKMARK_MS = 60_000;

/**
 * The part of the Kubernetes API that a proxy uses: list, watch, watch-list, one object by its name; events are
 * taken and dropped. Selectors match everything, as all that is served is meant for the proxy.
 */
export class HttpApi {
  readonly #shelves: readonly ResourceShelf[];
  readonly #version: () => number;
  readonly #server = http.createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });
  /** Bytes of bodies so far. */
  bytesSent = 0;

  /** @param version the resourceVersion as of now */
  constructor(shelves: readonly ResourceShelf[], version: () => number) {
    this.#shelves = shelves;
    this.#version = version;
    Object.assign(this.#server, { keepAliveTimeout: 120_000, requestTimeout: 0 });
  }

  async listen(host: string, port: number): Promise<void> {
    this.#server.listen({ host, port, backlog: 128 });
    await once(this.#server, 'listening');
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    request.resume();
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://apiserver');
    const shelf = this.#shelves.find(({ path }) => path === pathname);
    if (shelf && request.method === 'GET') {
      if (['true', '1'].includes(searchParams.get('watch') ?? '')) await this.#watch(response, shelf, searchParams);
      else await this.#list(response, shelf);
    } else this.#small(request.method ?? '', pathname, response);
  }

  async #list(response: http.ServerResponse, shelf: ResourceShelf): Promise<void> {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    const { kind, apiVersion } = shelf;
    const metadata = { resourceVersion: String(this.#version()) };
    const head = JSON.stringify({ kind: `${kind}List`, apiVersion, metadata }).slice(0, -1);
    await this.#write(response, Buffer.from(`${head},"items":[`));
    for (const piece of shelf.listItems()) await this.#write(response, piece);
    response.end(']}\n');
  }

  async #watch(response: http.ServerResponse, shelf: ResourceShelf, query: URLSearchParams): Promise<void> {
    response.writeHead(200, { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' });
    const from = query.get('resourceVersion') ?? '';
    const isStreamed = query.get('sendInitialEvents') === 'true';
    const listing = isStreamed || from === '' || from === '0';
    // What changes while the state goes out is sent after it.
    const late: Buffer[] = [];
    let isCaughtUp = false;
    const unsubscribe = shelf.subscribe(lines => {
      if (isCaughtUp) this.#send(response, lines);
      else late.push(lines);
    });
    const bookmarks = setInterval(() => this.#send(response, this.#bookmark(shelf, false)), BOOKMARK_MS);
    const seconds = Number(query.get('timeoutSeconds') ?? 0);
    const end = seconds ? setTimeout(() => response.end(), seconds * 1000) : undefined;
    response.on('close', () => {
      unsubscribe();
      clearInterval(bookmarks);
      clearTimeout(end);
    });
    if (listing) {
      const version = this.#version();
      for (const piece of shelf.addedEvents()) await this.#write(response, piece);
      if (isStreamed) await this.#write(response, this.#bookmark(shelf, true, version));
    } else {
      const missed = shelf.since(Number(from));
      if (!missed) response.end(JSON.stringify({ type: 'ERROR', object: EXPIRED }));
      for (const line of missed ?? []) await this.#write(response, line);
    }
    for (const lines of late) await this.#write(response, lines);
    isCaughtUp = true;
    response.flushHeaders();
  }

  #bookmark({ kind, apiVersion }: ResourceShelf, isInitialEnd: boolean, version = this.#version()): Buffer {
    const annotations = isInitialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
    const metadata = { resourceVersion: String(version), creationTimestamp: null, ...annotations };
    return Buffer.from(`${JSON.stringify({ type: 'BOOKMARK', object: { kind, apiVersion, metadata } })}\n`);
  }

  #send(response: http.ServerResponse, bytes: Buffer): boolean {
    this.bytesSent += bytes.length;
    return response.write(bytes);
  }

  async #write(response: http.ServerResponse, bytes: Buffer): Promise<void> {
    if (response.destroyed) throw new Error('the client is gone');
    if (!this.#send(response, bytes)) await writable(response);
  }

  #small(method: string, path: string, response: http.ServerResponse): void {
    const one = this.#shelves.find(shelf => path.startsWith(`${shelf.path}/`))?.byName(path.split('/').at(-1) ?? '');
    const [code, body] =
      method === 'POST' ? [201, '{}'] : one ? [200, one] : path === '/version' ? [200, VERSION] : [404, NOT_FOUND];
    response.writeHead(code, { 'Content-Type': 'application/json' }).end(body);
  }
}

/** Resolves when more can be written, and when nobody is there any more. */
const writable = (response: http.ServerResponse): Promise<void> =>
  new Promise(resolve => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });

const EXPIRED = {
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  reason: 'Expired',
  message: 'too old',
  code: 410,
};
const NOT_FOUND = '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","reason":"NotFound","code":404}';
const VERSION = '{"major":"1","minor":"36","gitVersion":"v1.36.0","platform":"linux/amd64"}';
