import type { Readable } from 'node:stream';
import { statusErrorOfEvent, statusErrorOfResponse } from './api-status.ts';
import type { Clock } from './clock.ts';
import { GuardedSink } from './guarded-sink.ts';
import { IdleTimer } from './idle-timer.ts';
import type { Change } from './known-objects.ts';
import { KnownObjects } from './known-objects.ts';
import { ListParser } from './list-stream.ts';
import { pacedChunks } from './paced-chunks.ts';
import { metaOf } from './projection.ts';
import { QueryPlan } from './query-plan.ts';
import type { ReflectorOptions, ReflectorTiming } from './reflector-options.ts';
import type { Circumstances, Phase } from './reflector-verdict.ts';
import { InitialStateError, SilenceError } from './reflector-verdict.ts';
import type { Query } from './resources.ts';
import type { WatchEvent } from './watch-stream.ts';
import { WatchParser } from './watch-stream.ts';

const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/**
 * What a reflector does in one request, and what stays between requests: the objects known to the sink and the version
 * from which a watch goes on. Failures are exceptions here; what follows from them is the reflector's business.
 */
export class ReflectorSession<T> {
  readonly #options: ReflectorOptions<T>;
  readonly #timing: ReflectorTiming;
  readonly #clock: Clock;
  readonly #onWatching: () => void;
  readonly #known = new KnownObjects<T>();
  readonly #idle: IdleTimer;
  readonly sink: GuardedSink<T>;
  readonly queries: QueryPlan;
  #body: Readable | undefined;
  #phase: Phase = 'watch-list';
  #startedAt = 0;
  /** From which a watch goes on; empty before the first full state. */
  version = '';
  lastEventAt: number | undefined;
  watchingSince: number | undefined;

  constructor(options: ReflectorOptions<T>, timing: ReflectorTiming, clock: Clock, onWatching: () => void) {
    this.#options = options;
    this.#timing = timing;
    this.#clock = clock;
    this.#onWatching = onWatching;
    this.sink = new GuardedSink(options);
    this.queries = new QueryPlan(options.resource);
    this.#idle = new IdleTimer(clock, limitMs => {
      this.#body?.destroy(new SilenceError(`nothing came for ${limitMs} ms`));
    });
  }

  get size(): number {
    return this.#known.size;
  }

  get circumstances(): Circumstances {
    return {
      phase: this.#phase,
      isOptional: this.#options.resource.isOptional,
      canDropFieldSelector: this.queries.canDropFieldSelector,
      asksForVersion: this.queries.asksForVersion,
    };
  }

  /** There is no such resource: an empty full state. */
  markAbsent(): void {
    this.#known.stage();
    this.sink.apply(this.#known.commit());
    this.sink.synced();
  }

  /** Ends what the request left behind; to be called after each. */
  close(): void {
    this.#idle.stop();
    this.#body?.destroy();
    this.#body = undefined;
    this.#known.discard();
    this.watchingSince = undefined;
  }

  /** Fetches a full state page by page, and hands on the difference. */
  async list(signal: AbortSignal): Promise<void> {
    this.#begin('list');
    let version = '';
    let token = '';
    do {
      const parser = new ListParser(item => {
        this.#set(item);
      });
      const body = await this.#request('list', this.queries.list(this.version, token), signal);
      this.#idle.start(this.#timing.listSilenceMs);
      for await (const chunk of pacedChunks(body)) {
        this.#idle.touch();
        parser.push(chunk);
      }
      const metadata = parser.end();
      // Of the first page: changes after it are replayed by the watch, and replaying one twice does no harm.
      version ||= metadata.resourceVersion;
      token = metadata.continueToken;
    } while (token !== '');
    this.#complete(version);
  }

  /** Watches until the server ends the watch. */
  async watch(phase: Phase, seconds: number, signal: AbortSignal): Promise<void> {
    this.#begin(phase);
    const isInitial = phase === 'watch-list';
    const query = isInitial ? this.queries.watchList(seconds) : this.queries.watch(this.version, seconds);
    const body = await this.#request('watch', query, signal);
    this.#idle.start(isInitial ? this.#timing.initialSilenceMs : this.#watchSilenceMs(seconds));
    if (!isInitial) this.#watching();
    const parser = new WatchParser();
    for await (const chunk of pacedChunks(body)) {
      this.#idle.touch();
      this.#take(parser.push(chunk), seconds);
      if (parser.failure) throw parser.failure;
    }
    parser.end();
    if (parser.failure) throw parser.failure;
    if (this.#known.isStaging) throw new InitialStateError('watch ended before its initial state was complete');
  }

  #begin(phase: Phase): void {
    this.#phase = phase;
    this.#startedAt = this.#clock.now();
    if (phase !== 'watch') this.#known.stage();
  }

  async #request(verb: string, query: Query, signal: AbortSignal): Promise<Readable> {
    const { transport, resource } = this.#options;
    const { headersTimeoutMs } = this.#timing;
    const { name, path } = resource;
    const response = await transport.request({
      method: 'GET',
      verb,
      resource: name,
      path,
      query,
      signal,
      headersTimeoutMs,
    });
    this.#body = response.body;
    if (response.status !== 200) throw await statusErrorOfResponse(response, this.#clock);
    return response.body;
  }

  /** Hands on the events that came together as one; those before a failure are not lost. */
  #take(events: readonly WatchEvent[], seconds: number): void {
    const changes: Change<T>[] = [];
    try {
      for (const event of events) {
        const change = this.#event(event, seconds);
        if (change) changes.push(change);
      }
    } finally {
      this.sink.apply(changes);
    }
  }

  #event({ type, object }: WatchEvent, seconds: number): Change<T> | undefined {
    const { observer, resource, logger } = this.#options;
    this.lastEventAt = this.#clock.now();
    switch (type) {
      case 'ADDED':
      case 'MODIFIED':
        observer.onEvent(resource.name, type);
        return this.#set(object);
      case 'DELETED': {
        observer.onEvent(resource.name, type);
        const meta = metaOf(object, resource.isNamespaced);
        if (!meta) return undefined;
        this.#advance(meta.resourceVersion);
        return this.#known.delete(meta.key);
      }
      case 'BOOKMARK':
        observer.onEvent(resource.name, type);
        this.#bookmark(object, seconds);
        return undefined;
      case 'ERROR':
        observer.onEvent(resource.name, type);
        throw statusErrorOfEvent(object);
      default:
        observer.onEvent(resource.name, 'UNKNOWN');
        logger.debug({ resource: resource.name, type }, 'event of an unknown type ignored');
        return undefined;
    }
  }

  #set(raw: unknown): Change<T> | undefined {
    const { resource, observer } = this.#options;
    const { object, problems } = resource.project(raw);
    if (problems.length > 0) observer.onProblems(resource.name, problems);
    const meta = metaOf(raw, resource.isNamespaced);
    if (!meta || !object) return undefined;
    this.#advance(meta.resourceVersion);
    return this.#known.set(meta.key, meta.resourceVersion, object);
  }

  #bookmark(object: WatchEvent['object'], seconds: number): void {
    const { metadata } = object as { metadata?: { resourceVersion?: unknown; annotations?: Record<string, unknown> } };
    const version = metadata?.resourceVersion;
    if (typeof version !== 'string' || version === '') return;
    if (!this.#known.isStaging) {
      this.version = version;
      return;
    }
    if (metadata?.annotations?.[INITIAL_EVENTS_END] !== 'true') {
      throw new InitialStateError('the server does not know of initial events');
    }
    this.#complete(version);
    this.#phase = 'watch';
    this.#idle.start(this.#watchSilenceMs(seconds));
    this.#watching();
  }

  /** While a state is staged its version is not ours yet: a watch from there would miss what was not delivered. */
  #advance(version: string): void {
    if (!this.#known.isStaging && version !== '') this.version = version;
  }

  #complete(version: string): void {
    const { observer, resource } = this.#options;
    const changes = this.#known.commit();
    this.version = version;
    this.queries.restoreVersion();
    this.lastEventAt = this.#clock.now();
    this.sink.apply(changes);
    this.sink.synced();
    observer.onListed({
      resource: resource.name,
      via: this.#phase === 'list' ? 'list' : 'watch-list',
      objects: this.#known.size,
      changes: changes.length,
      durationMs: this.#clock.now() - this.#startedAt,
    });
  }

  #watching(): void {
    this.watchingSince = this.#clock.now();
    this.#onWatching();
  }

  #watchSilenceMs(seconds: number): number {
    return seconds * 1000 + this.#timing.watchGraceMs;
  }
}
