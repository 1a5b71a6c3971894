import { StatusError } from './api-status.ts';
import { Backoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { sleep, systemClock } from './clock.ts';
import { LogLimiter } from './log-limiter.ts';
import type { ReflectorState, ReflectorStatus } from './reflector-observer.ts';
import type { ReflectorOptions, ReflectorTiming } from './reflector-options.ts';
import { REFLECTOR_TIMING } from './reflector-options.ts';
import { ReflectorSession } from './reflector-session.ts';
import type { Phase, Verdict } from './reflector-verdict.ts';
import { judge } from './reflector-verdict.ts';
import { StreamFormatError } from './stream-format-error.ts';

const LOG_INTERVAL_MS = 60_000;
/** On top of what the server asks for, so that not all nodes come back at once. */
const RETRY_AFTER_JITTER = 0.2;

/**
 * Keeps a sink informed of all objects of one resource: a full state first, then each change. It never stops by itself:
 * whatever the API server does, the sink keeps what it has, and the reflector tries again with back-off.
 */
export class Reflector<T> {
  readonly #options: ReflectorOptions<T>;
  readonly #timing: ReflectorTiming;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #session: ReflectorSession<T>;
  readonly #backoff: Backoff;
  readonly #limiter = new LogLimiter(LOG_INTERVAL_MS);
  #state: ReflectorState = 'idle';
  #needsState = true;
  #canWatchList = true;
  #listsOnce = false;
  #lastError: string | undefined;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#timing = { ...REFLECTOR_TIMING, ...options.timing };
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#session = new ReflectorSession(options, this.#timing, this.#clock, () => this.#watchBegan());
    this.#backoff = new Backoff(this.#timing.backoff, this.#random);
  }

  /** Whether the sink has had a full state. */
  get hasSynced(): boolean {
    return this.#session.sink.hasSynced;
  }

  status(): ReflectorStatus {
    return {
      resource: this.#options.resource.name,
      state: this.#state,
      hasSynced: this.hasSynced,
      resourceVersion: this.#session.version,
      objects: this.#session.size,
      lastEventAt: this.#session.lastEventAt,
      watchingSince: this.#session.watchingSince,
      failures: this.#session.watchingSince === undefined ? this.#backoff.failures : 0,
      lastError: this.#lastError,
    };
  }

  /** Runs until the signal aborts, and then resolves; it never rejects. To be called once. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Nothing in a step throws but a bug, and that must not end it either.
      const delayMs = await this.#step(signal).catch(() => this.#backoff.next());
      if (delayMs > 0) {
        this.#state = 'waiting';
        await sleep(this.#clock, delayMs, signal);
      }
    }
    this.#state = 'stopped';
  }

  /** One request. The answer is the time to wait, in milliseconds, before the next one. */
  async #step(signal: AbortSignal): Promise<number> {
    const phase = this.#phase();
    try {
      await this.#attempt(phase, signal);
      return signal.aborted || phase === 'list' ? 0 : this.#ended();
    } catch (error) {
      return signal.aborted ? 0 : this.#failed(error);
    } finally {
      this.#session.close();
    }
  }

  #phase(): Phase {
    if (!this.#needsState) return 'watch';
    return this.#canWatchList && !this.#listsOnce ? 'watch-list' : 'list';
  }

  async #attempt(phase: Phase, signal: AbortSignal): Promise<void> {
    this.#state = phase === 'watch' ? 'watching' : 'listing';
    if (phase === 'list') {
      await this.#session.list(signal);
      this.#needsState = false;
      this.#listsOnce = false;
      return;
    }
    const [least, most] = this.#timing.watchSeconds;
    await this.#session.watch(phase, Math.round(least + this.#random() * (most - least)), signal);
  }

  #watchBegan(): void {
    this.#state = 'watching';
    this.#needsState = false;
    this.#lastError = undefined;
    this.#options.observer.onWatchStarted(this.#options.resource.name);
  }

  /** A watch has ended as it should. Once it is resumed at once; a server that keeps ending young ones is given time. */
  #ended(): number {
    const livedMs = this.#livedMs();
    this.#options.observer.onWatchEnded(this.#options.resource.name, 'ended');
    this.#options.logger.debug({ resource: this.#options.resource.name, livedMs }, 'watch ended');
    if (livedMs >= this.#timing.livedMs) this.#backoff.reset();
    else if (this.#backoff.failures > 0) return this.#backoff.next();
    else this.#backoff.skip();
    return 0;
  }

  #failed(error: unknown): number {
    const verdict = judge(error, this.#session.circumstances);
    const { reason } = verdict;
    const isLoss = reason === 'connection' || reason === 'silence';
    if (this.#livedMs() >= (isLoss ? this.#timing.livedMs : this.#timing.healthyMs)) this.#backoff.reset();
    const isFirst = this.#backoff.failures === 0;
    this.#lastError = error instanceof Error ? error.message : String(error);
    this.#report(error, verdict);
    this.#heed(verdict);
    if (verdict.next === 'absent') {
      this.#session.markAbsent();
      return this.#timing.absentMs * (0.5 + this.#random());
    }
    if (reason === 'forbidden' && this.#options.resource.isOptional) this.#session.sink.synced();
    if (verdict.delay === 'none') return 0;
    if (verdict.renewsCredentials && isFirst) {
      this.#backoff.skip();
      return 0;
    }
    const retryAfterMs = error instanceof StatusError ? error.retryAfterMs : 0;
    return Math.max(this.#backoff.next(), retryAfterMs * (1 + RETRY_AFTER_JITTER * this.#random()));
  }

  #heed({ reason, next, avoid, renewsCredentials }: Verdict): void {
    if (avoid === 'watch-list') this.#canWatchList = false;
    if (avoid === 'watch-list-once') this.#listsOnce = true;
    if (avoid === 'field-selector') this.#session.queries.dropFieldSelector();
    if (avoid === 'version') this.#session.queries.dropVersion();
    if (renewsCredentials) this.#options.transport.renewCredentials();
    if (next !== 'same' && !this.#needsState) {
      this.#needsState = true;
      this.#options.observer.onRelist(this.#options.resource.name, reason);
    }
  }

  #report(error: unknown, { reason, next }: Verdict): void {
    const { observer, logger, resource } = this.#options;
    if (this.#session.watchingSince !== undefined) observer.onWatchEnded(resource.name, reason);
    const isLoud = this.#limiter.allows(reason, this.#clock.now());
    if (next === 'absent') {
      if (isLoud) logger.info({ resource: resource.name }, 'API server has no such resource, going on without');
      return;
    }
    observer.onError(resource.name, reason);
    const level = !isLoud ? 'debug' : reason === 'forbidden' || reason === 'broken-stream' ? 'error' : 'warn';
    const { excerpt } = error instanceof StreamFormatError ? error : { excerpt: undefined };
    logger[level](
      { resource: resource.name, reason, error: this.#lastError, failures: this.#backoff.failures, excerpt },
      'API server request failed, will retry',
    );
  }

  #livedMs(): number {
    const { watchingSince } = this.#session;
    return watchingSince === undefined ? 0 : this.#clock.now() - watchingSince;
  }
}
