import pino from 'pino';
import { vi } from 'vitest';
import { createAccess } from '../../../src/kube/auth.ts';
import type { Change } from '../../../src/kube/known-objects.ts';
import { Reflector } from '../../../src/kube/reflector.ts';
import type { ReflectorTiming } from '../../../src/kube/reflector-options.ts';
import type { Resource } from '../../../src/kube/resources.ts';
import type { Transport } from '../../../src/kube/transport.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import type { ApiObject } from '../../fakes/fake-apiserver-store.ts';
import type { FakeApiServer } from '../../fakes/fake-apiserver.ts';

/** Fast enough for tests, slow enough to tell back-off from none. */
const TIMING: Partial<ReflectorTiming> = {
  backoff: { initialMs: 10, maxMs: 80 },
  headersTimeoutMs: 2_000,
};

export interface HarnessOptions {
  readonly timing?: Partial<ReflectorTiming>;
  readonly onApply?: () => void;
  /** Path; without it the server's URL is all there is. */
  readonly kubeconfig?: string;
}

interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A reflector that runs against a fake API server, and all that it tells. */
export class ReflectorHarness<T> {
  readonly reflector: Reflector<T>;
  /** What the sink holds. */
  readonly objects = new Map<string, T>();
  readonly applied: (readonly Change<T>[])[] = [];
  /** `listed:list:2`, `relist:expired`, `started`, `ended:connection`, `event:ADDED`, `error:forbidden`, in order. */
  readonly told: string[] = [];
  readonly logged: LogLine[] = [];
  synced = 0;
  /** How many objects there were when `synced` was called. */
  objectsAtSync = -1;
  readonly #transport: Transport;
  readonly #control = new AbortController();
  readonly #running: Promise<void>;

  constructor(server: FakeApiServer, resource: Resource<T>, { timing, onApply, kubeconfig = '' }: HarnessOptions = {}) {
    const access = createAccess({ kubeconfig, master: server.url });
    this.#transport = createTransport({ access, userAgent: 'sluice/test' });
    this.reflector = new Reflector({
      resource,
      transport: this.#transport,
      sink: {
        apply: changes => {
          this.applied.push(changes);
          onApply?.();
          for (const change of changes) {
            if (change.type === 'set') this.objects.set(change.key, change.object);
            else this.objects.delete(change.key);
          }
        },
        synced: () => {
          this.synced += 1;
          this.objectsAtSync = this.objects.size;
        },
      },
      observer: {
        onListed: ({ via, objects }) => this.told.push(`listed:${via}:${objects}`),
        onRelist: (_, reason) => this.told.push(`relist:${reason}`),
        onWatchStarted: () => this.told.push('started'),
        onWatchEnded: (_, reason) => this.told.push(`ended:${reason}`),
        onEvent: (_, type) => this.told.push(`event:${type}`),
        onError: (_, kind) => this.told.push(`error:${kind}`),
        onProblems: (_, problems) =>
          this.told.push(...problems.map(({ object, field }) => `problem:${object}:${field}`)),
      },
      logger: pino({ level: 'debug' }, { write: line => this.logged.push(JSON.parse(line)) }),
      random: () => 0.999,
      timing: { ...TIMING, ...timing },
    });
    this.#running = this.reflector.run(this.#control.signal);
  }

  keys(): readonly string[] {
    return [...this.objects.keys()].toSorted();
  }

  /** How often something was told. */
  count(what: string): number {
    return this.told.filter(told => told === what).length;
  }

  async until(condition: () => boolean): Promise<void> {
    const check = (): void => {
      if (!condition()) throw new Error(`did not come to pass; told: ${this.told.join(' ')}`);
    };
    await vi.waitFor(check, { interval: 2, timeout: 4_000 });
  }

  /** Until a watch runs. */
  async untilWatching(): Promise<void> {
    await this.until(() => this.reflector.status().watchingSince !== undefined);
  }

  async stop(): Promise<void> {
    this.#control.abort();
    await this.#running;
    this.#transport.close();
  }
}

/** A Service as the API server holds it. */
export const serviceNamed = (
  name: string,
  fields: { labels?: Record<string, string>; clusterIP?: string } = {},
): ApiObject => ({
  kind: 'Service',
  metadata: { namespace: 'ns', name, ...(fields.labels && { labels: fields.labels }) },
  spec: { clusterIP: fields.clusterIP ?? '10.96.0.1', ports: [{ port: 80 }] },
});
