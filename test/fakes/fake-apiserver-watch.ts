import type { ServerResponse } from 'node:http';
import type { ApiObject, StoredChange } from './fake-apiserver-store.ts';

export interface FakeStatus {
  readonly code: number;
  readonly reason?: string;
  readonly message?: string;
  readonly causes?: readonly string[];
  readonly retryAfterSeconds?: number;
}

/** A meta/v1 Status, as the API server words its refusals. */
export const statusObject = ({ code, reason, message, causes, retryAfterSeconds }: FakeStatus): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  code,
  reason: reason ?? '',
  message: message ?? `refused with ${code}`,
  details: { causes: causes?.map(cause => ({ reason: cause })), retryAfterSeconds },
});

/** One open watch of one client. */
export class FakeWatch {
  readonly kind: string;
  /** Sends nothing while true, as a server that hangs. */
  isSilent = false;
  readonly #response: ServerResponse;
  readonly #matches: (object: ApiObject) => boolean;
  readonly #breakAfterEvents: number;
  #sent = 0;

  constructor(
    response: ServerResponse,
    kind: string,
    matches: (object: ApiObject) => boolean,
    breakAfterEvents = Number.POSITIVE_INFINITY,
  ) {
    this.kind = kind;
    this.#response = response;
    this.#matches = matches;
    this.#breakAfterEvents = breakAfterEvents;
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.flushHeaders();
  }

  /** What a change means for one who sees only what the selectors let through. */
  change({ type, object, previous }: StoredChange): void {
    if (object.kind !== this.kind) return;
    const before = previous !== undefined && this.#matches(previous);
    const after = type !== 'DELETED' && this.#matches(object);
    if (after) this.send(before ? 'MODIFIED' : 'ADDED', object);
    else if (before) this.send('DELETED', object);
  }

  bookmark(version: number, isInitialEnd = false): void {
    const annotations = isInitialEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
    this.send('BOOKMARK', { kind: this.kind, metadata: { resourceVersion: String(version), ...annotations } });
  }

  error(status: FakeStatus): void {
    this.send('ERROR', statusObject(status));
  }

  send(type: string, object: object): void {
    this.raw(`${JSON.stringify({ type, object })}\n`);
    this.#sent += 1;
    if (this.#sent >= this.#breakAfterEvents) this.end();
  }

  raw(text: string): void {
    if (!this.isSilent && !this.#response.writableEnded) this.#response.write(text);
  }

  /** As the server does at its timeout. */
  end(): void {
    this.#response.end();
  }

  /** RST. */
  reset(): void {
    this.#response.socket?.resetAndDestroy();
  }
}
