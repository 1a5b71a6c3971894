// A fake of the part of the Kubernetes API server that sluice talks to, over real HTTP or HTTPS on the loopback, with
// faults that a test switches on. It behaves; it checks nothing.

import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { FakeFault, FakeFaultMatch, FakeVerb } from './fake-apiserver-faults.ts';
import { json, misbehave, refuse } from './fake-apiserver-faults.ts';
import type { ApiObject } from './fake-apiserver-store.ts';
import { FakeStore, matcherOf } from './fake-apiserver-store.ts';
import { FakeWatch } from './fake-apiserver-watch.ts';

const KINDS: Readonly<Record<string, string>> = {
  '/api/v1/services': 'Service',
  '/api/v1/nodes': 'Node',
  '/api/v1/pods': 'Pod',
  '/apis/discovery.k8s.io/v1/endpointslices': 'EndpointSlice',
  '/apis/networking.k8s.io/v1/servicecidrs': 'ServiceCIDR',
};
const EVENTS_PATH = /^\/apis\/events\.k8s\.io\/v1\/namespaces\/[^/]+\/events$/;

export interface FakeRequest {
  readonly verb: FakeVerb;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly atMs: number;
  /** Of a POST, parsed. */
  readonly body: unknown;
  /** Common name of the client's certificate. */
  readonly peerCertificate: string | undefined;
}

export interface FakeApiServerOptions {
  readonly tls?: https.ServerOptions;
}

export class FakeApiServer {
  readonly store = new FakeStore();
  readonly requests: FakeRequest[] = [];
  /** False: a server that refuses watch-list with 422; `ignored`: one so old that it does not know the parameter. */
  watchList: boolean | 'ignored' = true;
  /** False: a server that knows no field selector of Services, and says 400. */
  hasServiceFieldSelector = true;
  /** Items on a page of a list. */
  pageSize = Number.POSITIVE_INFINITY;
  /** How a watch from a forgotten version is told. */
  expiresBy: 'status' | 'event' = 'event';
  /** Of each watch, after so many events the connection ends. */
  breakAfterEvents = Number.POSITIVE_INFINITY;
  /** Where set, requests without it are answered with 401. */
  token: string | undefined;
  /** Paths that are answered with 404. */
  readonly absentPaths = new Set<string>();
  readonly #server: http.Server;
  readonly #isSecure: boolean;
  readonly #sockets = new Set<Socket>();
  readonly #watches = new Set<FakeWatch>();
  #onStalled: (() => void) | undefined;
  #faults: { fault: FakeFault; times: number; match: FakeFaultMatch }[] = [];
  readonly #pages = new Map<string, { items: readonly ApiObject[]; version: number }>();

  constructor({ tls }: FakeApiServerOptions = {}) {
    const handle = (request: IncomingMessage, response: ServerResponse): void => this.#receive(request, response);
    this.#isSecure = tls !== undefined;
    this.#server = tls ? https.createServer(tls, handle) : http.createServer(handle);
    this.#server.on('connection', socket => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
  }

  /** Begins to listen; `port` 0 takes a free one. */
  async start(port = 0): Promise<this> {
    await new Promise<void>(resolve => this.#server.listen(port, '127.0.0.1', resolve));
    return this;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise(resolve => this.#server.close(resolve));
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the fake API server is not listening');
    return address.port;
  }

  get url(): string {
    return `${this.#isSecure ? 'https' : 'http'}://127.0.0.1:${this.port}`;
  }

  /** Open connections. */
  get connections(): number {
    return this.#sockets.size;
  }

  get watches(): readonly FakeWatch[] {
    return [...this.#watches];
  }

  /** The next requests that match meet this fault; once where no number is given. */
  fault(fault: FakeFault, match: FakeFaultMatch = {}): void {
    this.#faults.push({ fault, times: match.times ?? 1, match });
  }

  /** The next list stops half-way, and the connection stays open. */
  stallNextList(onStalled: () => void): void {
    this.#onStalled = onStalled;
  }

  heal(): void {
    this.#faults = [];
  }

  bookmarks(): void {
    for (const watch of this.#watches) watch.bookmark(this.store.version);
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => {});
    response.on('error', () => {});
    request.on('end', () => this.#answer(request, response, Buffer.concat(chunks).toString()));
  }

  #answer(request: IncomingMessage, response: ServerResponse, text: string): void {
    const url = new URL(request.url ?? '/', 'http://fake');
    const { pathname: path, searchParams: query } = url;
    const verb = verbOf(request, query);
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const { socket, headers } = request;
    const peerCertificate = socket instanceof TLSSocket ? commonNameOf(socket) : undefined;
    this.requests.push({ verb, path, query, headers, atMs: Date.now(), body, peerCertificate });
    const fault = this.#takeFault(verb, path);
    if (fault) {
      misbehave(fault, response);
      return;
    }
    const kind = KINDS[path];
    if (this.token !== undefined && request.headers.authorization !== `Bearer ${this.token}`)
      refuse(response, { code: 401 });
    else if (verb === 'create' && EVENTS_PATH.test(path)) json(response, 201, body);
    else if (!kind || this.absentPaths.has(path)) refuse(response, { code: 404, reason: 'NotFound' });
    else if (kind === 'Service' && query.has('fieldSelector') && !this.hasServiceFieldSelector) {
      refuse(response, { code: 400, message: 'field label not supported: spec.clusterIP' });
    } else if (verb === 'list') this.#list(kind, query, response);
    else this.#watch(kind, query, response, verb === 'watch-list');
  }

  #takeFault(verb: FakeVerb, path: string): FakeFault | undefined {
    const entry = this.#faults.find(
      ({ times, match }) => times > 0 && (match.verbs?.includes(verb) ?? true) && (match.path ?? path) === path,
    );
    if (entry) entry.times -= 1;
    return entry?.fault;
  }

  #list(kind: string, query: URLSearchParams, response: ServerResponse): void {
    const token = query.get('continue');
    const kept = token === null ? undefined : this.#pages.get(token);
    if (token !== null && !kept) {
      refuse(response, { code: 410, reason: 'Expired' });
      return;
    }
    const version = kept?.version ?? this.store.version;
    if (Number(query.get('resourceVersion') ?? 0) > version) {
      refuse(response, { code: 504, reason: 'Timeout', causes: ['ResourceVersionTooLarge'] });
      return;
    }
    const matches = matcherOf(query.get('labelSelector'), query.get('fieldSelector'));
    const all = kept?.items ?? this.store.list(kind).filter(matches);
    const items = all.slice(0, this.pageSize);
    const metadata: Record<string, string> = { resourceVersion: String(version) };
    if (all.length > items.length) {
      metadata['continue'] = `page-${this.#pages.size}`;
      this.#pages.set(metadata['continue'], { items: all.slice(items.length), version });
    }
    if (this.#onStalled) {
      response.writeHead(200).write(`{"kind":"${kind}List","items":[{"metadata":`);
      this.#onStalled();
      this.#onStalled = undefined;
      return;
    }
    json(response, 200, { kind: `${kind}List`, apiVersion: 'v1', metadata, items });
  }

  #watch(kind: string, query: URLSearchParams, response: ServerResponse, isWatchList: boolean): void {
    if (isWatchList && this.watchList === false) {
      refuse(response, { code: 422, reason: 'Invalid', message: 'sendInitialEvents is forbidden for watch' });
      return;
    }
    const matches = matcherOf(query.get('labelSelector'), query.get('fieldSelector'));
    const from = query.get('resourceVersion') ?? '';
    const missed = from === '' ? [] : this.store.since(kind, Number(from));
    if (!missed && this.expiresBy === 'status') {
      refuse(response, { code: 410, reason: 'Expired' });
      return;
    }
    const watch = new FakeWatch(response, kind, matches, this.breakAfterEvents);
    if (!missed) {
      watch.error({ code: 410, reason: 'Expired' });
      watch.end();
      return;
    }
    if (from === '') for (const object of this.store.list(kind)) if (matches(object)) watch.send('ADDED', object);
    if (isWatchList && this.watchList === true) watch.bookmark(this.store.version, true);
    for (const change of missed) watch.change(change);
    const forget = this.store.listen(change => watch.change(change));
    this.#watches.add(watch);
    response.on('close', () => {
      forget();
      this.#watches.delete(watch);
    });
  }
}

function commonNameOf(socket: TLSSocket): string | undefined {
  const name = socket.getPeerCertificate().subject?.CN;
  return Array.isArray(name) ? name.join() : name;
}

function verbOf(request: IncomingMessage, query: URLSearchParams): FakeVerb {
  if (request.method === 'POST') return 'create';
  if (query.get('watch') !== 'true') return 'list';
  return query.get('sendInitialEvents') === 'true' ? 'watch-list' : 'watch';
}
