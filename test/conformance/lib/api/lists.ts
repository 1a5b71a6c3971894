// Lists, whole or in pages, as a Kubernetes API server gives them.

import { ApiError } from './api-error.ts';
import type { Target } from './route.ts';
import { selectorOf } from './selectors.ts';
import type { Store, StoredObject } from './store.ts';
import { notFromTheFuture } from './versions.ts';

const SNAPSHOTS_KEPT = 64;

interface Snapshot {
  readonly version: number;
  readonly items: readonly StoredObject[];
}

export class Lists {
  /** At most so many items on a page of a list that the client asked to have in pages. */
  pageSize = Infinity;
  readonly #store: Store;
  readonly #snapshots = new Map<string, Snapshot>();
  #nextSnapshot = 1;

  constructor(store: Store) {
    this.#store = store;
  }

  /** The list object that answers a request; throws 400, 410 and 504 as the versions and tokens in it deserve. */
  answer({ resource, namespace }: Target, query: URLSearchParams): object {
    // As with a real server, a list at version 0 comes from the cache and is not paged.
    const isPaged = query.has('limit') && query.get('resourceVersion') !== '0';
    const limit = isPaged ? Math.min(Number(query.get('limit')), this.pageSize) : 0;
    const token = query.get('continue');
    const { version, items } = token ? this.#continued(token) : this.#fresh({ resource, namespace }, query);
    const whole = !limit || items.length <= limit;
    return {
      kind: `${resource.kind}List`,
      apiVersion: resource.apiVersion,
      metadata: {
        resourceVersion: String(version),
        ...(whole ? {} : this.#more({ version, items: items.slice(limit) }, query)),
      },
      items: whole ? items : items.slice(0, limit),
    };
  }

  #fresh({ resource, namespace }: Pick<Target, 'resource' | 'namespace'>, query: URLSearchParams): Snapshot {
    notFromTheFuture(this.#store, query.get('resourceVersion'));
    const matches = selectorOf(query);
    const items = this.#store.list(resource, namespace).filter(object => matches(object));
    return { version: this.#store.version, items };
  }

  /** The metadata that leads to the next page. The rest is not counted where a selector is in the way. */
  #more(rest: Snapshot, query: URLSearchParams): object {
    const isSelected = Boolean(query.get('labelSelector') || query.get('fieldSelector'));
    return { continue: this.#keep(rest), ...(isSelected ? {} : { remainingItemCount: rest.items.length }) };
  }

  #keep(snapshot: Snapshot): string {
    const id = String(this.#nextSnapshot);
    this.#nextSnapshot += 1;
    this.#snapshots.set(id, snapshot);
    for (const oldest of this.#snapshots.keys()) {
      if (this.#snapshots.size <= SNAPSHOTS_KEPT) break;
      this.#snapshots.delete(oldest);
    }
    const token = { v: 'meta.k8s.io/v1', rv: snapshot.version, start: id };
    return Buffer.from(JSON.stringify(token)).toString('base64url');
  }

  #continued(token: string): Snapshot {
    const snapshot = this.#snapshots.get(startOf(token));
    if (snapshot) return snapshot;
    const why = 'The provided continue parameter is too old to display a consistent list result.';
    throw new ApiError(410, 'Expired', why);
  }
}

function startOf(token: string): string {
  try {
    const { start }: { start: string } = JSON.parse(Buffer.from(token, 'base64url').toString());
    return start;
  } catch {
    throw new ApiError(400, 'BadRequest', 'continue key is not valid');
  }
}
