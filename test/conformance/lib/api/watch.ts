// One watch of one client: turns changes of the store into the events of the Kubernetes watch protocol (one JSON
// document a line, chunked).

import type { ServerResponse } from 'node:http';
import type { Status } from './api-error.ts';
import type { Resource } from './resources.ts';
import type { Predicate } from './selectors.ts';
import type { Change, StoredObject } from './store.ts';

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

export class Watch {
  /** While true, nothing is sent; what would have been is lost. */
  paused = false;
  readonly #response: ServerResponse;
  readonly #resource: Resource;
  readonly #matches: Predicate;
  readonly #namespace: string | undefined;

  constructor(
    response: ServerResponse,
    resource: Resource,
    { matches, namespace }: { matches: Predicate; namespace: string | undefined },
  ) {
    this.#response = response;
    this.#resource = resource;
    this.#matches = matches;
    this.#namespace = namespace;
    response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-cache, private' });
    response.flushHeaders();
  }

  /** Translates a change into what it means for this watch's selector. */
  change({ type, version, object, previous }: Change): void {
    if (this.#namespace && object.metadata.namespace !== this.#namespace) return;
    const before = previous !== undefined && this.#matches(previous);
    const after = type !== 'DELETED' && this.#matches(object);
    if (after) this.#send(before ? 'MODIFIED' : 'ADDED', this.#typed(object));
    else if (before) {
      const gone = { ...previous, metadata: { ...previous.metadata, resourceVersion: String(version) } };
      this.#send('DELETED', this.#typed(gone));
    }
  }

  /** Sends an object of the state at the start of the watch. */
  added(object: StoredObject): void {
    this.#send('ADDED', this.#typed(object));
  }

  /** Tells that all changes up to the version were sent. */
  bookmark(version: number, { initialEventsEnd = false } = {}): void {
    const annotations = initialEventsEnd ? { annotations: { [INITIAL_EVENTS_END]: 'true' } } : {};
    const metadata = { resourceVersion: String(version), creationTimestamp: null, ...annotations };
    this.#send('BOOKMARK', this.#typed({ metadata }));
  }

  /** Sends an ERROR event. */
  error(status: Status): void {
    this.#send('ERROR', status);
  }

  /** Ends the watch the way a server does at its timeout. */
  end(): void {
    this.#response.end();
  }

  /** Cuts the TCP connection. */
  cut(): void {
    this.#response.destroy();
  }

  #typed(object: object): object {
    return { kind: this.#resource.kind, apiVersion: this.#resource.apiVersion, ...object };
  }

  #send(type: string, object: object): void {
    if (!this.paused) this.#response.write(`${JSON.stringify({ type, object })}\n`);
  }
}
