// All open watches of the API server double.

import type { ServerResponse } from 'node:http';
import { ApiError, statusOf, tooOld } from './api-error.ts';
import type { Target } from './route.ts';
import { selectorOf } from './selectors.ts';
import type { Change, Store } from './store.ts';
import { notFromTheFuture } from './versions.ts';
import { Watch } from './watch.ts';

const isTrue = (text: string | null): boolean => text === 'true' || text === '1';

const forbidden = (field: string, why: string): ApiError =>
  new ApiError(422, 'Invalid', `ListOptions.meta.k8s.io "" is invalid: ${field}: Forbidden: sendInitialEvents ${why}`);

export class Watches {
  readonly #store: Store;
  /** Each watch, and whether its client wants bookmarks. */
  readonly #open = new Map<Watch, boolean>();

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Starts a watch: from a version on, from the state now, or as a streaming list (KEP-3157). Throws 422 for
   * options that do not go together, 504 for a version that is yet to come.
   */
  start(response: ServerResponse, { resource, namespace }: Target, query: URLSearchParams): void {
    const streamed = query.get('sendInitialEvents') === 'true';
    const bookmarks = isTrue(query.get('allowWatchBookmarks'));
    if (query.has('sendInitialEvents') && query.get('resourceVersionMatch') !== 'NotOlderThan') {
      throw forbidden('resourceVersionMatch', 'requires setting resourceVersionMatch to NotOlderThan');
    }
    if (streamed && !bookmarks) throw forbidden('allowWatchBookmarks', 'requires bookmark events');
    const from = query.get('resourceVersion') ?? '';
    const matches = selectorOf(query);
    if (streamed) notFromTheFuture(this.#store, from);

    const watch = new Watch(response, resource, { matches, namespace });
    if (streamed || from === '' || from === '0') {
      for (const object of this.#store.list(resource, namespace)) if (matches(object)) watch.added(object);
      if (streamed) watch.bookmark(this.#store.version, { initialEventsEnd: true });
    } else {
      const missed = this.#store.since(resource, Number(from));
      if (!missed) {
        watch.error(statusOf(tooOld(from, this.#store.version)));
        watch.end();
        return;
      }
      for (const change of missed) watch.change(change);
    }
    this.#follow(watch, response, resource.key, { bookmarks, seconds: Number(query.get('timeoutSeconds') ?? 0) });
  }

  #follow(watch: Watch, response: ServerResponse, key: string, how: { bookmarks: boolean; seconds: number }): void {
    const listener = (change: Change) => watch.change(change);
    this.#store.on(key, listener);
    this.#open.set(watch, how.bookmarks);
    const timer = how.seconds ? setTimeout(() => watch.end(), how.seconds * 1000).unref() : undefined;
    response.on('close', () => {
      clearTimeout(timer);
      this.#store.off(key, listener);
      this.#open.delete(watch);
    });
  }

  /** Sends a bookmark on every watch whose client wants them. */
  bookmark(): void {
    for (const [watch, wanted] of this.#open) if (wanted) watch.bookmark(this.#store.version);
  }

  /** Cuts the connection under every watch. */
  cut(): void {
    for (const watch of this.#open.keys()) watch.cut();
  }

  /** Ends every watch as at its timeout. */
  end(): void {
    for (const watch of this.#open.keys()) watch.end();
  }

  /** Tells every watch that the history is gone, and ends it. */
  expire(): void {
    const gone = statusOf(tooOld(1, this.#store.version));
    for (const watch of this.#open.keys()) {
      watch.error(gone);
      watch.end();
    }
  }

  /** Keeps every watch open and sends nothing on it any more. */
  pause(): void {
    for (const watch of this.#open.keys()) watch.paused = true;
  }
}
