import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

export interface WatchMetrics {
  /** A new list of a resource, by reason: `start`, `expired`, `error` ... */
  countRelist(resource: string, reason: string): void;
  /** An event of a watch: `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK`. */
  countEvent(resource: string, type: string, timeMs: number): void;
  /** A watch began, at a time in milliseconds since 1970. */
  setStarted(resource: string, timeMs: number): void;
  /** A list or watch failed: with an HTTP status, or a word for what happened (`timeout`, `reset`, `parse`). */
  countError(resource: string, kind: string): void;
}

/**
 * sluice's own metrics of its watches, by resource (`services`, `endpointslices` ...). Times are shown as times: the age
 * of a watch is `time() - sluice_watch_started_timestamp_seconds`.
 * @throws Error where the registry has one of the names already.
 */
export function createWatchMetrics(registry: Registry): WatchMetrics {
  const registers = [registry];
  const relists = new Counter({
    registers,
    name: 'sluice_watch_relists_total',
    help: 'Lists of a resource from scratch, by reason.',
    labelNames: ['resource', 'reason'] as const,
  });
  const events = new Counter({
    registers,
    name: 'sluice_watch_events_total',
    help: 'Events received, by type.',
    labelNames: ['resource', 'type'] as const,
  });
  const errors = new Counter({
    registers,
    name: 'sluice_watch_errors_total',
    help: 'Lists and watches that failed, by kind.',
    labelNames: ['resource', 'kind'] as const,
  });
  const lastEvent = new Gauge({
    registers,
    name: 'sluice_watch_last_event_timestamp_seconds',
    help: 'When the last event was received, bookmarks included.',
    labelNames: ['resource'] as const,
  });
  const started = new Gauge({
    registers,
    name: 'sluice_watch_started_timestamp_seconds',
    help: 'When the current watch began.',
    labelNames: ['resource'] as const,
  });
  return {
    countRelist: (resource, reason) => relists.inc({ resource, reason }),
    countEvent: (resource, type, timeMs) => {
      events.inc({ resource, type });
      lastEvent.set({ resource }, timeMs / 1000);
    },
    setStarted: (resource, timeMs) => started.set({ resource }, timeMs / 1000),
    countError: (resource, kind) => errors.inc({ resource, kind }),
  };
}
