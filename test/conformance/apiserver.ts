// A double of the part of the Kubernetes API server that a service proxy uses.
//
// In a test run it is a class: scenarios change objects through `store` and switch faults on and off directly, the
// proxy under test talks HTTP. By itself it is a program, handy during development:
//
//   node apiserver.ts [--listen 127.0.0.1:6443] [--load objects.json]

import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import net from 'node:net';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { answerError, answerJson, answerText } from './lib/api/answer.ts';
import { discovery, VERSION } from './lib/api/discovery.ts';
import { Faults, refuse } from './lib/api/faults.ts';
import type { Fault } from './lib/api/faults.ts';
import { Lists } from './lib/api/lists.ts';
import { answerAboutObject } from './lib/api/object-verbs.ts';
import { route } from './lib/api/route.ts';
import type { Target } from './lib/api/route.ts';
import { Store } from './lib/api/store.ts';
import { Watches } from './lib/api/watches.ts';
import type { KubeObject } from './lib/kube-object.ts';

const BOOKMARK_INTERVAL_MS = 5_000;

/** A request that was answered or refused; the code is 0 while it is under way. */
export interface RequestRecord {
  readonly at: number;
  readonly verb: string;
  readonly resource: string | undefined;
  readonly path: string;
  code: number;
}

export class ApiServer {
  readonly store: Store;
  /** Every request since the last reset. */
  requests: RequestRecord[] = [];

  readonly #http: http.Server;
  readonly #sockets = new Set<net.Socket>();
  readonly #watches: Watches;
  readonly #lists: Lists;
  readonly #faults = new Faults();
  readonly #bookmarks: NodeJS.Timeout;
  /** Responses that a hang holds back; they are kept so that their connections stay. */
  #held: ServerResponse[] | undefined;

  constructor({ store = new Store() } = {}) {
    this.store = store;
    this.#watches = new Watches(store);
    this.#lists = new Lists(store);
    this.#http = http.createServer((request, response) => this.#handle(request, response));
    Object.assign(this.#http, { keepAliveTimeout: 120_000, headersTimeout: 130_000, requestTimeout: 0 });
    this.#bookmarks = setInterval(() => {
      if (!this.#held) this.#watches.bookmark();
    }, BOOKMARK_INTERVAL_MS).unref();
  }

  /** Serves one accepted connection, whoever accepted it. */
  accept(socket: net.Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => {});
    this.#http.emit('connection', socket);
  }

  /** Breaks every open connection. */
  disconnect(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Ends the server for good. */
  close(): void {
    clearInterval(this.#bookmarks);
    this.disconnect();
  }

  /** Back to a healthy server with no objects. */
  reset(): void {
    this.heal();
    this.#held = undefined;
    this.#lists.pageSize = Infinity;
    this.requests = [];
    this.disconnect();
    this.store.clear();
  }

  /** Cuts the connection under every watch. */
  dropWatches(): void {
    this.#watches.cut();
  }

  /** Ends every watch as at its timeout. */
  endWatches(): void {
    this.#watches.end();
  }

  /** Forgets the history and tells every watch so: all clients must list anew. */
  expire(): void {
    this.store.compact();
    this.#watches.expire();
  }

  /** Accepts requests but answers none, and sends nothing on open watches. */
  hang(): void {
    this.#held = [];
    this.#watches.pause();
  }

  /** Ends a hang. What was held is lost with its connections. */
  resume(): void {
    this.#held = undefined;
    this.disconnect();
  }

  /** Refuses the next requests (of one verb or resource, where given) with a status code. */
  fail(fault: Fault = {}): void {
    this.#faults.add(fault);
  }

  /** Ends all that `fail` began. */
  heal(): void {
    this.#faults.clear();
  }

  /** Puts at most so many items on a page of a list that the client asked to have in pages. */
  pageSize(count: number): void {
    this.#lists.pageSize = count;
  }

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const { method = 'GET' } = request;
    const url = new URL(request.url ?? '/', 'http://apiserver');
    const target = route(url, method);
    const [verb, resource] = [target?.verb ?? method, target?.resource.plural];
    const entry: RequestRecord = { at: Date.now(), verb, resource, path: url.pathname, code: 0 };
    this.requests.push(entry);
    response.on('error', () => {});
    if (this.#held) {
      this.#held.push(response);
      return;
    }
    const fault = this.#faults.take(target);
    if (fault) {
      entry.code = refuse(response, fault);
      return;
    }
    response.on('finish', () => {
      entry.code = response.statusCode;
    });
    if (target) void this.#answer(request, response, target, url.searchParams);
    else answerStatic(response, url.pathname);
  }

  async #answer(request: IncomingMessage, response: ServerResponse, target: Target, query: URLSearchParams) {
    try {
      if (target.verb === 'list') answerJson(response, 200, this.#lists.answer(target, query));
      else if (target.verb === 'watch') this.#watches.start(response, target, query);
      else await answerAboutObject(this.store, { request, response, target });
    } catch (error) {
      answerError(response, error);
    }
  }
}

function answerStatic(response: ServerResponse, path: string): void {
  if (['/healthz', '/readyz', '/livez'].includes(path)) {
    answerText(response, 200, 'ok');
    return;
  }
  const document = path === '/version' ? VERSION : discovery(path.replace(/\/$/, ''));
  if (document) answerJson(response, 200, document);
  else answerText(response, 404, '404 page not found\n');
}

function objectsIn(path: string): KubeObject[] {
  const loaded: KubeObject | KubeObject[] | { items: KubeObject[] } = JSON.parse(readFileSync(path, 'utf8'));
  if ('items' in loaded) return loaded.items;
  return Array.isArray(loaded) ? loaded : [loaded];
}

function main(): void {
  const listen = { type: 'string', default: '127.0.0.1:6443' } as const;
  const { values } = parseArgs({ options: { listen, load: { type: 'string' } } });
  const api = new ApiServer();
  for (const object of values.load ? objectsIn(values.load) : []) api.store.apply(object);
  const [, host, port] = /^(.*):(\d+)$/.exec(values.listen) ?? [];
  const said = () => console.log(`listening on http://${values.listen}`);
  net.createServer(socket => api.accept(socket)).listen(Number(port), host, said);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
