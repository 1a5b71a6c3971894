import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { BoundedTotals } from '../bounded-totals.ts';
import type { ServiceTraffic } from '../service-traffic.ts';

/** What a ServiceTraffic tells. */
type Told = Pick<ServiceTraffic, 'wanted' | 'reading' | 'failures'> & {
  readonly connections: Pick<BoundedTotals, 'all'>;
  readonly unavailable: Pick<BoundedTotals, 'all'>;
};

const PORT_LABELS = ['ip_family', 'service_namespace', 'service_name', 'service_port', 'protocol'] as const;

/**
 * The traffic of service ports, as it was when the kernel's counters were last read; a scrape has them read anew, for the next one.
 * @throws Error where the registry has one of the names already
 */
export function createServiceTrafficMetrics(registry: Registry, traffic: Told): void {
  const registers = [registry];
  const connections = new Counter({
    registers,
    name: 'sluice_service_connections_total',
    help: 'New connections to a service port that were sent to an endpoint, from this node.',
    labelNames: PORT_LABELS,
    collect: () => {
      traffic.wanted();
      connections.reset();
      for (const { labels, value } of traffic.connections.all()) connections.inc(labels, value);
    },
  });
  const unavailable = new Counter({
    registers,
    name: 'sluice_service_unavailable_packets_total',
    help: 'Packets to a service port that were rejected or dropped, since there is no endpoint to use.',
    labelNames: [...PORT_LABELS, 'action'] as const,
    collect: () => {
      unavailable.reset();
      for (const { labels, value } of traffic.unavailable.all()) unavailable.inc(labels, value);
    },
  });
  const readAt = new Gauge({
    registers,
    name: 'sluice_service_counters_read_timestamp_seconds',
    help: 'When the counters of service ports were last read from the kernel.',
    collect: () => {
      readAt.set((traffic.reading?.timeMs ?? 0) / 1000);
    },
  });
  const duration = new Gauge({
    registers,
    name: 'sluice_service_counters_read_duration_seconds',
    help: 'How long the last reading of the counters of service ports took.',
    collect: () => {
      duration.set(traffic.reading?.durationSeconds ?? 0);
    },
  });
  const failures = new Counter({
    registers,
    name: 'sluice_service_counters_read_failures_total',
    help: 'Readings of the counters of service ports that failed.',
    collect: () => {
      failures.reset();
      failures.inc(traffic.failures);
    },
  });
}
