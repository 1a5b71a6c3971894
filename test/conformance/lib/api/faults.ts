// Requests that are refused because a test asked for it.

import type { ServerResponse } from 'node:http';
import { answerJson } from './answer.ts';
import { statusOf } from './api-error.ts';
import type { Verb } from './resources.ts';
import type { Target } from './route.ts';

export interface Fault {
  /** HTTP status code; 500 if absent. */
  readonly code?: number;
  /** How many requests are refused; 1 if absent. */
  readonly count?: number;
  /** Only requests with this verb. */
  readonly verb?: Verb;
  /** Only requests for this resource, by its plural. */
  readonly resource?: string;
  /** Seconds, for the Retry-After header. */
  readonly retryAfter?: number;
}

const REASONS: Readonly<Record<number, string>> = {
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};

export class Faults {
  #entries: { readonly fault: Fault; left: number }[] = [];

  /** Refuses the next requests that the fault is meant for. */
  add(fault: Fault): void {
    this.#entries.push({ fault, left: fault.count ?? 1 });
  }

  clear(): void {
    this.#entries = [];
  }

  /** The fault that a request meets, if any; it counts as met. */
  take(target: Target | undefined): Fault | undefined {
    const entry = this.#entries.find(
      ({ fault: { verb, resource }, left }) =>
        left > 0 && (!verb || verb === target?.verb) && (!resource || resource === target?.resource.plural),
    );
    if (!entry) return undefined;
    entry.left -= 1;
    return entry.fault;
  }
}

/** Answers a request with a fault. Returns the status code. */
export function refuse(response: ServerResponse, { code = 500, retryAfter }: Fault): number {
  const asked = retryAfter !== undefined;
  const refusal = {
    code,
    reason: REASONS[code] ?? 'Unknown',
    message: 'a fault that the test asked for',
    details: asked ? { retryAfterSeconds: retryAfter } : undefined,
  };
  answerJson(response, code, statusOf(refusal), asked ? { 'Retry-After': String(retryAfter) } : {});
  return code;
}
