import type { Problem } from './types.ts';

/** Why a reflector left what it did: `ended`, `expired`, `connection`, `forbidden` ... */
export type EndReason =
  | 'ended'
  | 'connection'
  | 'silence'
  | 'expired'
  | 'unauthorized'
  | 'forbidden'
  | 'throttled'
  | 'server-error'
  | 'refused'
  | 'not-found'
  | 'too-large-version'
  | 'broken-stream'
  | 'no-initial-state'
  | 'internal';

/** What went wrong, for a counter; a sink that throws is one more kind. */
export type ErrorKind = EndReason | 'sink';

/** What a reflector tells about itself. It must return soon and not throw. */
export interface ReflectorObserver {
  /** A full state is complete. */
  onListed(listed: {
    readonly resource: string;
    readonly via: 'list' | 'watch-list';
    readonly objects: number;
    /** Set and deleted ones, which the sink was given. */
    readonly changes: number;
    readonly durationMs: number;
  }): void;
  /** The full state is to be fetched anew. */
  onRelist(resource: string, reason: EndReason): void;
  onWatchStarted(resource: string): void;
  onWatchEnded(resource: string, reason: EndReason): void;
  /** ADDED, MODIFIED, DELETED, BOOKMARK, ERROR; `UNKNOWN` for all others. */
  onEvent(resource: string, type: string): void;
  onError(resource: string, kind: ErrorKind): void;
  /** An object came that is wrong in parts. */
  onProblems(resource: string, problems: readonly Problem[]): void;
}

export type ReflectorState = 'idle' | 'listing' | 'watching' | 'waiting' | 'stopped';

export interface ReflectorStatus {
  readonly resource: string;
  readonly state: ReflectorState;
  readonly hasSynced: boolean;
  /** Empty before the first full state. */
  readonly resourceVersion: string;
  readonly objects: number;
  /** Milliseconds since 1970 of the last list, event or bookmark; undefined before the first. */
  readonly lastEventAt: number | undefined;
  /** Milliseconds since 1970 at which the running watch began; undefined while there is none. */
  readonly watchingSince: number | undefined;
  /** In a row, up to now. */
  readonly failures: number;
  /** Of the last failure; undefined again once a watch runs. */
  readonly lastError: string | undefined;
}
