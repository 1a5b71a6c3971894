import type { Logger } from 'pino';
import type { BackoffLimits } from './backoff.ts';
import { REFLECTOR_BACKOFF } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { Change } from './known-objects.ts';
import type { ReflectorObserver } from './reflector-observer.ts';
import type { Resource } from './resources.ts';
import type { Transport } from './transport.ts';

/** Who is told. Both are called synchronously; an exception is logged and counted, and the changes are not repeated. */
export interface ReflectorSink<T> {
  /** The difference between two full states, or the events that arrived together; in order, never empty. */
  apply(changes: readonly Change<T>[]): void;
  /** Once, after the first full state was applied. */
  synced(): void;
}

export interface ReflectorTiming {
  readonly backoff: BackoffLimits;
  /** A watch that ran for so long was healthy: failures before it do not count any more. */
  readonly healthyMs: number;
  /** The same, for a watch that ended or was cut off without a complaint: a proxy in between may do that each minute. */
  readonly livedMs: number;
  /** The server is asked to end a watch after a random time in this range, as client-go does. */
  readonly watchSeconds: readonly [number, number];
  /** How long after that time silence is taken for death. */
  readonly watchGraceMs: number;
  /** How long a list, or the initial state of a watch, may stand still. */
  readonly listSilenceMs: number;
  readonly initialSilenceMs: number;
  readonly headersTimeoutMs: number;
  /** How often a resource that was absent is looked for. */
  readonly absentMs: number;
}

export const REFLECTOR_TIMING: ReflectorTiming = {
  backoff: REFLECTOR_BACKOFF,
  healthyMs: 120_000,
  livedMs: 10_000,
  watchSeconds: [300, 600],
  watchGraceMs: 30_000,
  listSilenceMs: 30_000,
  initialSilenceMs: 10_000,
  headersTimeoutMs: 20_000,
  absentMs: 600_000,
};

export interface ReflectorOptions<T> {
  readonly resource: Resource<T>;
  readonly transport: Transport;
  readonly sink: ReflectorSink<T>;
  readonly observer: ReflectorObserver;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** In [0, 1). */
  readonly random?: () => number;
  readonly timing?: Partial<ReflectorTiming>;
}
