import { StatusError } from './api-status.ts';
import type { EndReason } from './reflector-observer.ts';
import { StreamFormatError } from './stream-format-error.ts';

/** `watch-list` ends, and `watch` begins, with the bookmark that completes the initial state. */
export type Phase = 'list' | 'watch-list' | 'watch';

/** Nothing came for longer than the server may be silent. */
export class SilenceError extends Error {
  override readonly name = 'SilenceError';
}

/** A watch-list that did not come to the end of its initial state: the server may not know what was asked of it. */
export class InitialStateError extends Error {
  override readonly name = 'InitialStateError';
}

export interface Verdict {
  readonly reason: EndReason;
  /** `same`: try again what failed, a watch from where it was; `relist`: a new full state; `absent`: there is no such resource. */
  readonly next: 'same' | 'relist' | 'absent';
  readonly delay: 'none' | 'backoff';
  /** What the server refused, and will not be asked for again. `watch-list-once`: only the next full state comes by a list. */
  readonly avoid?: 'watch-list' | 'watch-list-once' | 'field-selector' | 'version';
  readonly renewsCredentials?: true;
}

export interface Circumstances {
  readonly phase: Phase;
  /** The resource may be absent. */
  readonly isOptional: boolean;
  /** A field selector was sent that can be done without. */
  readonly canDropFieldSelector: boolean;
  /** The list asked for a state not older than the one we have. */
  readonly asksForVersion: boolean;
}

/** Decides what follows from a failure, as client-go's reflector does where that is sound. Pure. */
export function judge(error: unknown, circumstances: Circumstances): Verdict {
  const { phase } = circumstances;
  if (error instanceof StatusError) return judgeStatus(error, circumstances);
  if (error instanceof StreamFormatError) return { reason: 'broken-stream', next: 'relist', delay: 'backoff' };
  if (error instanceof InitialStateError) {
    return { reason: 'no-initial-state', next: 'relist', delay: 'none', avoid: 'watch-list-once' };
  }
  if (error instanceof SilenceError) {
    // An old server takes a watch-list for a plain watch, and says nothing more once all objects are sent.
    const avoid = phase === 'watch-list' ? ({ avoid: 'watch-list-once' } as const) : {};
    return { reason: 'silence', next: 'same', delay: phase === 'watch-list' ? 'none' : 'backoff', ...avoid };
  }
  if (isBug(error)) return { reason: 'internal', next: 'relist', delay: 'backoff' };
  return { reason: 'connection', next: 'same', delay: 'backoff' };
}

/** Not thrown by sockets, but by our own code; the state it left behind is not to be trusted. */
const isBug = (error: unknown): boolean =>
  error instanceof TypeError ||
  error instanceof RangeError ||
  error instanceof ReferenceError ||
  !(error instanceof Error);

function judgeStatus(error: StatusError, circumstances: Circumstances): Verdict {
  const { phase, asksForVersion } = circumstances;
  const freshList = phase === 'list' && asksForVersion ? ({ avoid: 'version' } as const) : {};
  switch (error.code) {
    case 401:
      return { reason: 'unauthorized', next: 'same', delay: 'backoff', renewsCredentials: true };
    case 403:
      return { reason: 'forbidden', next: 'same', delay: 'backoff' };
    case 404:
      return { reason: 'not-found', next: circumstances.isOptional ? 'absent' : 'relist', delay: 'backoff' };
    case 410:
      return { reason: 'expired', next: 'relist', delay: 'backoff', ...freshList };
    case 429:
      return { reason: 'throttled', next: 'same', delay: 'backoff' };
    case 504:
      // The server is behind us: it was restored from a backup, or we were served by one that is further on.
      if (isTooLargeVersion(error))
        return { reason: 'too-large-version', next: 'relist', delay: 'backoff', avoid: 'version' };
      return { reason: 'server-error', next: 'same', delay: 'backoff' };
    case 501:
      return judgeRefusal(error, circumstances);
    default:
      if (error.code >= 500) return { reason: 'server-error', next: 'same', delay: 'backoff' };
      return judgeRefusal(error, circumstances);
  }
}

const isTooLargeVersion = ({ causes, message }: StatusError): boolean =>
  causes.includes('ResourceVersionTooLarge') || /too large resource version/i.test(message);

/** The server does not like the question: find out which part of it. */
function judgeRefusal(
  { code, message }: StatusError,
  { phase, canDropFieldSelector, asksForVersion }: Circumstances,
): Verdict {
  const isAboutQuestion = code === 400 || code === 405 || code === 406 || code === 415 || code === 422 || code === 501;
  if (isAboutQuestion && phase !== 'watch') {
    const dislikesSelector =
      canDropFieldSelector && /field (label|selector)|fieldSelector|spec\.clusterIP/i.test(message);
    const avoid = dislikesSelector
      ? 'field-selector'
      : phase === 'watch-list'
        ? 'watch-list'
        : canDropFieldSelector
          ? 'field-selector'
          : asksForVersion
            ? 'version'
            : undefined;
    if (avoid) return { reason: 'refused', next: 'relist', delay: 'none', avoid };
  }
  return { reason: 'refused', next: 'relist', delay: 'backoff' };
}
