// What the fake API server does instead of answering, and how it answers.

import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FakeStatus } from './fake-apiserver-watch.ts';
import { statusObject } from './fake-apiserver-watch.ts';

export type FakeVerb = 'list' | 'watch' | 'watch-list' | 'create';

/** What happens to a request instead of an answer. */
export type FakeFault =
  | { readonly does: 'status'; readonly status: FakeStatus }
  /** 200, one ERROR event, end. */
  | { readonly does: 'error-event'; readonly status: FakeStatus }
  /** 200, this text, end. */
  | { readonly does: 'raw'; readonly text: string }
  /** No headers, ever. */
  | { readonly does: 'hang' }
  | { readonly does: 'reset' };

export interface FakeFaultMatch {
  readonly times?: number;
  readonly verbs?: readonly FakeVerb[];
  readonly path?: string;
}

/** Does to a request what the fault says. */
export function misbehave(fault: FakeFault, response: ServerResponse): void {
  switch (fault.does) {
    case 'status':
      refuse(response, fault.status);
      return;
    case 'error-event': {
      const event = { type: 'ERROR', object: statusObject(fault.status) };
      response.writeHead(200).end(`${JSON.stringify(event)}\n`);
      return;
    }
    case 'raw':
      response.writeHead(200).end(fault.text);
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'hang':
  }
}

/** Answers with a status code and a Status. */
export function refuse(response: ServerResponse, status: FakeStatus): void {
  const { retryAfterSeconds } = status;
  const headers = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) };
  json(response, status.code, statusObject(status), headers);
}

/** Answers with JSON. */
export function json(
  response: ServerResponse,
  code: number,
  content: unknown,
  headers: OutgoingHttpHeaders = {},
): void {
  response.writeHead(code, { 'Content-Type': 'application/json', ...headers });
  response.end(`${JSON.stringify(content)}\n`);
}
