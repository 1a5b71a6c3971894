import type { Clock } from './clock.ts';
import { isRaw } from './field-reader.ts';
import type { TransportResponse } from './transport.ts';

const MAX_BODY_BYTES = 64 * 1024;
const BODY_TIMEOUT_MS = 5_000;
const MAX_RETRY_AFTER_SECONDS = 120;

/** A refusal by the API server: an answer with such a status code, or an ERROR event (meta/v1 Status). */
export class StatusError extends Error {
  override readonly name = 'StatusError';
  /** 0 where an ERROR event told none. */
  readonly code: number;
  /** The machine-readable word: `Expired`, `Forbidden`. */
  readonly reason: string;
  /** How long the server asks us to stay away, in milliseconds; at most 2 minutes are honoured. */
  readonly retryAfterMs: number;
  /** `details.causes[].reason`. */
  readonly causes: readonly string[];

  constructor(code: number, status: unknown, retryAfterHeader = '') {
    const fields = isRaw(status) ? status : {};
    const { message, reason, details } = fields as Record<string, unknown>;
    super(typeof message === 'string' && message !== '' ? message : `API server answered ${code}`);
    this.code = code;
    this.reason = typeof reason === 'string' ? reason : '';
    const { retryAfterSeconds, causes } = isRaw(details) ? details : ({} as Record<string, unknown>);
    this.retryAfterMs = retryAfterOf(retryAfterHeader === '' ? retryAfterSeconds : Number(retryAfterHeader));
    this.causes = Array.isArray(causes) ? causes.flatMap(cause => (isRaw(cause) ? [String(cause['reason'])] : [])) : [];
  }
}

function retryAfterOf(seconds: unknown): number {
  return typeof seconds === 'number' && seconds > 0 ? Math.min(seconds, MAX_RETRY_AFTER_SECONDS) * 1000 : 0;
}

/** The error that an ERROR event of a watch carries. */
export function statusErrorOfEvent(object: unknown): StatusError {
  const code = isRaw(object) && typeof object['code'] === 'number' ? object['code'] : 0;
  return new StatusError(code, object);
}

/** Reads what the server says about its refusal; a body that does not come within 5 s, or is no Status, is done without. */
export async function statusErrorOfResponse(response: TransportResponse, clock: Clock): Promise<StatusError> {
  const { status, headers, body } = response;
  const cancel = clock.after(BODY_TIMEOUT_MS, () => body.destroy());
  let text = '';
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      text += chunk.toString('utf8');
      if (text.length > MAX_BODY_BYTES) break;
    }
  } catch {
    // The status code alone says enough.
  } finally {
    cancel();
  }
  return new StatusError(status, parsed(text), headers['retry-after']);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
