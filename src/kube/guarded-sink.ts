import type { Change } from './known-objects.ts';
import type { ReflectorOptions, ReflectorSink } from './reflector-options.ts';

/** Calls a sink, whose exceptions are a bug of its own: logged and counted, they do not reach the reflector. */
export class GuardedSink<T> {
  readonly #options: ReflectorOptions<T>;
  #hasSynced = false;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Nothing is no reason to call. */
  apply(changes: readonly Change<T>[]): void {
    if (changes.length === 0) return;
    this.#call(sink => {
      sink.apply(changes);
    });
  }

  /** Tells the sink the first time only. */
  synced(): void {
    if (this.#hasSynced) return;
    this.#hasSynced = true;
    this.#call(sink => {
      sink.synced();
    });
  }

  #call(call: (sink: ReflectorSink<T>) => void): void {
    const { sink, observer, logger, resource } = this.#options;
    try {
      call(sink);
    } catch (error) {
      observer.onError(resource.name, 'sink');
      logger.error({ resource: resource.name, err: error }, 'a change could not be taken in');
    }
  }
}
