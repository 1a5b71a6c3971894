import type { Registry } from 'prom-client';
import { BoundedTotals } from '../../../../src/telemetry/bounded-totals.ts';
import { createConfigurationMetrics } from '../../../../src/telemetry/metrics/configuration.ts';
import { createConntrackMetrics } from '../../../../src/telemetry/metrics/conntrack.ts';
import { createHealthMetrics } from '../../../../src/telemetry/metrics/health.ts';
import { createIpvsMetrics } from '../../../../src/telemetry/metrics/ipvs.ts';
import { createMonitorMetrics } from '../../../../src/telemetry/metrics/monitor.ts';
import { createNftablesMetrics } from '../../../../src/telemetry/metrics/nftables.ts';
import { createReadinessMetrics } from '../../../../src/telemetry/metrics/readiness.ts';
import { createReconcileMetrics } from '../../../../src/telemetry/metrics/reconcile.ts';
import { createRestClientMetrics } from '../../../../src/telemetry/metrics/rest-client.ts';
import { createServiceTrafficMetrics } from '../../../../src/telemetry/metrics/service-traffic.ts';
import { createSliMetrics } from '../../../../src/telemetry/metrics/slis.ts';
import { createSyncMetrics } from '../../../../src/telemetry/metrics/sync.ts';
import { createWatchMetrics } from '../../../../src/telemetry/metrics/watch.ts';
import type { ServerStatistics } from '../../../../src/backend/server-statistics.ts';
import { Readiness } from '../../../../src/telemetry/readiness.ts';
import type { TrafficReading } from '../../../../src/telemetry/service-traffic.ts';

/** All metrics of the program but those of the process. */
export function createAllMetrics(registry: Registry) {
  return {
    sync: createSyncMetrics(registry),
    nftables: createNftablesMetrics(registry),
    health: createHealthMetrics(registry),
    conntrack: createConntrackMetrics(registry),
    restClient: createRestClientMetrics(registry),
    reconcile: createReconcileMetrics(registry),
    watch: createWatchMetrics(registry),
    slis: createSliMetrics(registry),
    readiness: readinessIn(registry),
    traffic: trafficIn(registry),
    monitor: createMonitorMetrics(registry, ['ipv4', 'ipv6']),
    configuration: createConfigurationMetrics(registry),
    ipvs: ipvsIn(registry),
  };
}

function ipvsIn(registry: Registry) {
  const told = { servers: [] as ServerStatistics[], omitted: 0, restarts: 0, wanted: () => undefined };
  createIpvsMetrics(registry, told);
  return told;
}

function readinessIn(registry: Registry): Readiness {
  const readiness = new Readiness();
  createReadinessMetrics(registry, readiness);
  return readiness;
}

function trafficIn(registry: Registry) {
  const told = {
    timesWanted: 0,
    reading: undefined as TrafficReading | undefined,
    failures: 0,
    connections: new BoundedTotals(1, labels => labels),
    unavailable: new BoundedTotals(1, labels => labels),
    wanted: () => void (told.timesWanted += 1),
  };
  createServiceTrafficMetrics(registry, told);
  return told;
}

type All = ReturnType<typeof createAllMetrics>;

interface MetricCase {
  readonly name: string;
  readonly act: (all: All) => void;
  /** Samples that must be there, labels in the order of the exposition. */
  readonly samples: readonly string[];
}

const TIME_MS = 1_700_000_000_500;
const SYNC = 'kubeproxy_sync_proxy_rules';

/** Each method of each subsystem, once: what it does to which series. */
export const metricCases: readonly MetricCase[] = [
  {
    name: 'IPVS',
    act: ({ ipvs }) => {
      const counts = {
        connections: 7,
        incomingPackets: 70,
        outgoingPackets: 60,
        incomingBytes: 700,
        outgoingBytes: 600,
      };
      const now = { weight: 1, activeConnections: 2, inactiveConnections: 3 };
      const server = { protocol: 'TCP', virtualServer: '10.96.0.1:80', ...counts, ...now };
      ipvs.servers.push(
        { ...server, realServer: undefined },
        { ...server, realServer: '10.244.1.2:8080', connections: 5 },
      );
      ipvs.omitted = 4;
      ipvs.restarts = 1;
    },
    samples: [
      'sluice_ipvs_virtual_server_connections_total{protocol="TCP",virtual_server="10.96.0.1:80"} 7',
      'sluice_ipvs_virtual_server_packets_total{protocol="TCP",virtual_server="10.96.0.1:80",direction="in"} 70',
      'sluice_ipvs_virtual_server_bytes_total{protocol="TCP",virtual_server="10.96.0.1:80",direction="out"} 600',
      'sluice_ipvs_real_server_connections_total{protocol="TCP",virtual_server="10.96.0.1:80",real_server="10.244.1.2:8080"} 5',
      'sluice_ipvs_real_server_weight{protocol="TCP",virtual_server="10.96.0.1:80",real_server="10.244.1.2:8080"} 1',
      'sluice_ipvs_real_server_active_connections{protocol="TCP",virtual_server="10.96.0.1:80",real_server="10.244.1.2:8080"} 2',
      'sluice_ipvs_real_server_inactive_connections{protocol="TCP",virtual_server="10.96.0.1:80",real_server="10.244.1.2:8080"} 3',
      'sluice_ipvs_servers_omitted 4',
      'sluice_ipvs_coprocess_restarts_total 1',
    ],
  },
  {
    name: 'a full sync',
    act: ({ sync }) => sync.observeSync('ipv4', 'full', 0.3),
    samples: [
      `${SYNC}_duration_seconds_count{ip_family="IPv4"} 1`,
      `${SYNC}_duration_seconds_sum{ip_family="IPv4"} 0.3`,
      'kubeproxy_sync_full_proxy_rules_duration_seconds_count{ip_family="IPv4"} 1',
    ],
  },
  {
    name: 'a partial sync',
    act: ({ sync }) => sync.observeSync('ipv6', 'partial', 0.3),
    samples: [
      `${SYNC}_duration_seconds_count{ip_family="IPv6"} 1`,
      'kubeproxy_sync_partial_proxy_rules_duration_seconds_sum{ip_family="IPv6"} 0.3',
    ],
  },
  {
    name: 'the last sync',
    act: ({ sync }) => sync.setLastSynced('ipv4', TIME_MS),
    samples: [`${SYNC}_last_timestamp_seconds{ip_family="IPv4"} 1700000000.5`],
  },
  {
    name: 'the last request for a sync',
    act: ({ sync }) => sync.setLastQueued('ipv6', TIME_MS),
    samples: [`${SYNC}_last_queued_timestamp_seconds{ip_family="IPv6"} 1700000000.5`],
  },
  {
    name: 'network programming',
    act: ({ sync }) => sync.observeNetworkProgramming('ipv4', 61),
    samples: [
      'kubeproxy_network_programming_duration_seconds_bucket{le="60",ip_family="IPv4"} 0',
      'kubeproxy_network_programming_duration_seconds_bucket{le="65",ip_family="IPv4"} 1',
      'kubeproxy_network_programming_duration_seconds_count{ip_family="IPv4"} 1',
    ],
  },
  {
    name: 'Services without local endpoints',
    act: ({ sync }) => {
      sync.setNoLocalEndpoints('ipv4', 'internal', 2);
      sync.setNoLocalEndpoints('ipv4', 'external', 3);
    },
    samples: [
      `${SYNC}_no_local_endpoints_total{ip_family="IPv4",traffic_policy="internal"} 2`,
      `${SYNC}_no_local_endpoints_total{ip_family="IPv4",traffic_policy="external"} 3`,
    ],
  },
  {
    name: 'changes of Services',
    act: ({ sync }) => {
      sync.countServiceChanges(2);
      sync.countServiceChanges(3);
      sync.setServiceChangesPending(4);
    },
    samples: [`${SYNC}_service_changes_total 5`, `${SYNC}_service_changes_pending 4`],
  },
  {
    name: 'changes of endpoints',
    act: ({ sync }) => {
      sync.countEndpointChanges(7);
      sync.setEndpointChangesPending(6);
    },
    samples: [`${SYNC}_endpoint_changes_total 7`, `${SYNC}_endpoint_changes_pending 6`],
  },
  {
    name: 'counters and gauges without labels are there from the start',
    act: () => undefined,
    samples: [
      `${SYNC}_service_changes_total 0`,
      `${SYNC}_service_changes_pending 0`,
      `${SYNC}_endpoint_changes_total 0`,
      `${SYNC}_endpoint_changes_pending 0`,
    ],
  },
  {
    name: 'failures of nftables',
    act: ({ nftables }) => {
      nftables.countSyncFailure('ipv4');
      nftables.countCleanupFailure('ipv6');
    },
    samples: [
      `${SYNC}_nftables_sync_failures_total{ip_family="IPv4"} 1`,
      `${SYNC}_nftables_cleanup_failures_total{ip_family="IPv6"} 1`,
    ],
  },
  {
    name: 'health answers',
    act: ({ health }) => {
      health.countHealthz(200);
      health.countHealthz(503);
      health.countHealthz(503);
      health.countLivez(200);
    },
    samples: [
      'kubeproxy_proxy_healthz_total{code="200"} 1',
      'kubeproxy_proxy_healthz_total{code="503"} 2',
      'kubeproxy_proxy_livez_total{code="200"} 1',
    ],
  },
  {
    name: 'clean-ups of conntrack',
    act: ({ conntrack }) => {
      conntrack.observeCleanup('ipv4', 0.25, 3);
      conntrack.observeCleanup('ipv4', 0.25, 0);
    },
    samples: [
      'kubeproxy_conntrack_reconciler_sync_duration_seconds_count{ip_family="IPv4"} 2',
      'kubeproxy_conntrack_reconciler_deleted_entries_total{ip_family="IPv4"} 3',
    ],
  },
  {
    name: 'a request to the API server',
    act: ({ restClient }) =>
      restClient.observeRequest({ method: 'GET', host: '10.96.0.1:443', status: 200, durationSeconds: 0.02 }),
    samples: [
      'rest_client_requests_total{code="200",method="GET",host="10.96.0.1:443"} 1',
      'rest_client_request_duration_seconds_bucket{le="0.025",verb="GET",host="10.96.0.1:443"} 1',
    ],
  },
  {
    name: 'a request without an answer',
    act: ({ restClient }) =>
      restClient.observeRequest({ method: 'GET', host: 'h', status: undefined, durationSeconds: 1 }),
    samples: [
      'rest_client_requests_total{code="<error>",method="GET",host="h"} 1',
      'rest_client_request_duration_seconds_count{verb="GET",host="h"} 1',
    ],
  },
  {
    name: 'counters of a family that begin at 0',
    act: ({ reconcile, nftables, sync }) => {
      sync.begin('ipv6');
      reconcile.begin('ipv6');
      nftables.begin('ipv6');
    },
    samples: [
      'kubeproxy_network_programming_duration_seconds_bucket{le="0.25",ip_family="IPv6"} 0',
      'kubeproxy_network_programming_duration_seconds_count{ip_family="IPv6"} 0',
      'sluice_transactions_total{ip_family="IPv6",result="applied"} 0',
      'sluice_transactions_total{ip_family="IPv6",result="failed"} 0',
      'sluice_drift_events_total{ip_family="IPv6"} 0',
      'sluice_drift_found_total{ip_family="IPv6"} 0',
      'sluice_drift_repaired_total{ip_family="IPv6"} 0',
      `${SYNC}_nftables_sync_failures_total{ip_family="IPv6"} 0`,
      `${SYNC}_nftables_cleanup_failures_total{ip_family="IPv6"} 0`,
    ],
  },
  {
    name: 'transactions',
    act: ({ reconcile }) => {
      reconcile.countWakeUp('retry');
      reconcile.observeTransaction('ipv4', { result: 'applied', elements: 12, durationSeconds: 0.5 });
      reconcile.observeTransaction('ipv4', { result: 'failed', elements: 1, durationSeconds: 0.5 });
    },
    samples: [
      'sluice_reconcile_wakeups_total{reason="retry"} 1',
      'sluice_transactions_total{ip_family="IPv4",result="applied"} 1',
      'sluice_transactions_total{ip_family="IPv4",result="failed"} 1',
      'sluice_transaction_elements_sum{ip_family="IPv4"} 13',
      'sluice_transaction_duration_seconds_sum{ip_family="IPv4"} 1',
    ],
  },
  {
    name: 'what the kernel holds',
    act: ({ reconcile }) => {
      reconcile.setQuarantinedServices('ipv4', 1);
      reconcile.setConflicts('ipv4', 2);
      reconcile.setElementsExpected('ipv6', 3);
      reconcile.setElementsFound('ipv6', 2);
      reconcile.countDriftEvent('ipv4');
      reconcile.countDriftFound('ipv4', 4);
      reconcile.countDriftRepaired('ipv4', 5);
      reconcile.setLastVerified('ipv4', TIME_MS);
    },
    samples: [
      'sluice_quarantined_services{ip_family="IPv4"} 1',
      'sluice_conflicts{ip_family="IPv4"} 2',
      'sluice_elements_expected{ip_family="IPv6"} 3',
      'sluice_elements_found{ip_family="IPv6"} 2',
      'sluice_drift_events_total{ip_family="IPv4"} 1',
      'sluice_drift_found_total{ip_family="IPv4"} 4',
      'sluice_drift_repaired_total{ip_family="IPv4"} 5',
      'sluice_last_verified_timestamp_seconds{ip_family="IPv4"} 1700000000.5',
    ],
  },
  {
    name: 'what /readyz says',
    act: ({ readiness }) => {
      readiness.add({ name: 'fit', problem: () => undefined });
      readiness.add({ name: 'unfit', problem: () => 'too bad' });
    },
    samples: ['sluice_ready{check="fit"} 1', 'sluice_ready{check="unfit"} 0'],
  },
  {
    name: 'traffic of service ports',
    act: ({ traffic }) => {
      const labels = {
        ip_family: 'IPv4',
        service_namespace: 'default',
        service_name: 'web',
        service_port: 'http',
        protocol: 'TCP',
      };
      traffic.connections.add(labels, 3);
      traffic.unavailable.add({ ...labels, action: 'drop' }, 4);
      traffic.reading = { timeMs: TIME_MS, durationSeconds: 0.25 };
      traffic.failures = 2;
    },
    samples: [
      'sluice_service_connections_total{ip_family="IPv4",service_namespace="default",service_name="web",service_port="http",protocol="TCP"} 3',
      'sluice_service_unavailable_packets_total{ip_family="IPv4",service_namespace="default",service_name="web",service_port="http",protocol="TCP",action="drop"} 4',
      'sluice_service_counters_read_timestamp_seconds 1700000000.5',
      'sluice_service_counters_read_duration_seconds 0.25',
      'sluice_service_counters_read_failures_total 2',
    ],
  },
  {
    name: 'watches',
    act: ({ watch }) => {
      watch.countRelist('services', 'expired');
      watch.countEvent('services', 'ADDED', TIME_MS);
      watch.setStarted('services', TIME_MS - 1000);
      watch.countError('services', 'timeout');
    },
    samples: [
      'sluice_watch_relists_total{resource="services",reason="expired"} 1',
      'sluice_watch_events_total{resource="services",type="ADDED"} 1',
      'sluice_watch_errors_total{resource="services",kind="timeout"} 1',
      'sluice_watch_last_event_timestamp_seconds{resource="services"} 1700000000.5',
      'sluice_watch_started_timestamp_seconds{resource="services"} 1699999999.5',
    ],
  },
  {
    name: 'service level indicators',
    act: ({ slis }) => {
      slis.observeHealthCheck('ping', 'healthz', true);
      slis.observeHealthCheck('ping', 'healthz', false);
    },
    samples: [
      'kubernetes_healthcheck{name="ping",type="healthz"} 0',
      'kubernetes_healthchecks_total{name="ping",status="success",type="healthz"} 1',
      'kubernetes_healthchecks_total{name="ping",status="error",type="healthz"} 1',
    ],
  },
  {
    name: 'a configuration file that is not valid',
    act: ({ configuration }) => {
      configuration.setValid(false);
      configuration.countReload('invalid');
    },
    samples: [
      'sluice_configuration_valid 0',
      'sluice_configuration_reloads_total{result="invalid"} 1',
      'sluice_configuration_reloads_total{result="applied"} 0',
    ],
  },
  {
    name: 'changes by others are told',
    act: ({ monitor }) => monitor.setWatching(true),
    samples: ['sluice_monitor_up 1'],
  },
  {
    name: 'some changes may have been missed',
    act: ({ monitor }) => monitor.countGap(),
    samples: ['sluice_monitor_gaps_total 1'],
  },
  {
    name: 'a change by another program, while the counter of the other family is there and 0',
    act: ({ monitor }) => monitor.countForeignTransaction('ipv4'),
    samples: [
      'sluice_foreign_transactions_total{ip_family="IPv4"} 1',
      'sluice_foreign_transactions_total{ip_family="IPv6"} 0',
    ],
  },
  {
    name: 'somebody keeps writing',
    act: ({ monitor }) => monitor.setContested(true),
    samples: ['sluice_tables_contested 1'],
  },
];
