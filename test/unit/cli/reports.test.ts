import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SliceEvent } from '../../../src/cli/cluster.ts';
import { Reports } from '../../../src/cli/reports.ts';
import type { Family } from '../../../src/model/ip.ts';
import { ProgrammingLatency } from '../../../src/reconcile/programming-latency.ts';
import { Reconciler, type Outcome } from '../../../src/reconcile/reconciler.ts';
import { HealthState } from '../../../src/telemetry/health-state.ts';
import { KernelFreshness } from '../../../src/telemetry/kernel-freshness.ts';
import { FakeBackend } from '../../fakes/fake-backend.ts';
import { endpointSlice, sliceEndpoint } from '../../support/builders.ts';
import { keptLog } from '../../support/log-lines.ts';
import { servicePlan } from '../../support/plans.ts';
import { seriesOf } from '../../support/series.ts';

const NOW_MS = 1_700_000_000_000;
const TIMES = { quietMs: 5, maxDelayMs: 50, minPeriodMs: 0, maxRetryMs: 1000, verifyMs: 1000 };

function setUp(families: readonly Family[] = ['ipv4']) {
  const registry = new Registry();
  const log = keptLog();
  const health = new HealthState({ healthTimeoutMs: 60_000, now: () => Date.now() });
  const latency = new ProgrammingLatency(Date.now());
  const kernel = new KernelFreshness({ maxAgeMs: () => 90_000, now: () => Date.now() });
  const reports = new Reports({ registry, health, kernel, latency, logger: log.logger });
  const reconciler = new Reconciler({
    backend: new FakeBackend(families),
    plan: () => undefined,
    times: TIMES,
    observer: reports.loop,
    logger: log.logger,
  });
  const follow = (): void =>
    reports.follow(families, {
      reconciler,
      expectedElements: family => (family === 'ipv4' ? 44 : 66),
      conflicts: family => (family === 'ipv4' ? 2 : 0),
    });
  return {
    log,
    health,
    kernel,
    latency,
    reports,
    reconciler,
    follow,
    series: (pattern: RegExp) => seriesOf(registry, pattern),
  };
}

const outcome = (more: Partial<Outcome> = {}): Outcome => ({
  reasons: ['services-changed'],
  services: 3,
  seconds: 0.25,
  quarantined: 0,
  transactions: 1,
  added: 5,
  deleted: 2,
  refused: [],
  verified: false,
  drifted: new Map(),
  ...more,
});

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW_MS }));
afterEach(() => void vi.useRealTimers());

describe('Reports of a run that succeeded', () => {
  it('tells when it was, and how long it took, by family', async () => {
    const { reports, follow, series } = setUp(['ipv4', 'ipv6']);
    follow();
    reports.loop.applied(outcome({ verified: true, seconds: 1 }));
    vi.setSystemTime(NOW_MS + 5000);
    reports.loop.applied(outcome());
    expect(
      await series(/^kubeproxy_sync_(full_|partial_)?proxy_rules_(duration_seconds_(count|sum)|last_timestamp).*IPv6/),
    ).toEqual({
      'kubeproxy_sync_proxy_rules_duration_seconds_count{ip_family="IPv6"}': 2,
      'kubeproxy_sync_proxy_rules_duration_seconds_sum{ip_family="IPv6"}': 1.25,
      'kubeproxy_sync_full_proxy_rules_duration_seconds_count{ip_family="IPv6"}': 1,
      'kubeproxy_sync_full_proxy_rules_duration_seconds_sum{ip_family="IPv6"}': 1,
      'kubeproxy_sync_partial_proxy_rules_duration_seconds_count{ip_family="IPv6"}': 1,
      'kubeproxy_sync_partial_proxy_rules_duration_seconds_sum{ip_family="IPv6"}': 0.25,
      'kubeproxy_sync_proxy_rules_last_timestamp_seconds{ip_family="IPv6"}': NOW_MS / 1000 + 5,
    });
    expect(await series(/^sluice_last_verified/)).toEqual({
      'sluice_last_verified_timestamp_seconds{ip_family="IPv4"}': NOW_MS / 1000,
      'sluice_last_verified_timestamp_seconds{ip_family="IPv6"}': NOW_MS / 1000,
    });
  });

  it('tells how long the cluster waited for it', async () => {
    const { reports, latency, follow, series } = setUp();
    follow();
    latency.note('d/web', 'ipv4', NOW_MS + 1000);
    reports.loop.began(new Set(['services-changed']));
    vi.setSystemTime(NOW_MS + 3000);
    reports.loop.applied(outcome());
    expect(await series(/^kubeproxy_network_programming_duration_seconds_(sum|count)/)).toEqual({
      'kubeproxy_network_programming_duration_seconds_sum{ip_family="IPv4"}': 2,
      'kubeproxy_network_programming_duration_seconds_count{ip_family="IPv4"}': 1,
    });
  });

  it('shows what is in the kernel and what is not', async () => {
    const { reports, reconciler, follow, series } = setUp();
    follow();
    const remote = servicePlan('d/web', { endpoints: ['10.244.2.3:80'] });
    const ports = remote.ports.map(port => ({
      ...port,
      servicePort: { ...port.servicePort, internalTrafficPolicy: 'local' as const },
    }));
    reconciler.status.record('ipv4', 'd/web', { ...remote, ports });
    reconciler.quarantine.add({ owner: 'd/bad', family: 'ipv4', error: new Error('no') }, 0);
    reconciler.quarantine.add({ owner: 'd/bad', family: 'ipv6', error: new Error('no') }, 0);
    reports.loop.applied(outcome());
    expect(await series(/^(sluice_(quarantined|conflicts|elements)|kubeproxy_sync_proxy_rules_no_local)/)).toEqual({
      'kubeproxy_sync_proxy_rules_no_local_endpoints_total{ip_family="IPv4",traffic_policy="internal"}': 1,
      'kubeproxy_sync_proxy_rules_no_local_endpoints_total{ip_family="IPv4",traffic_policy="external"}': 0,
      'sluice_quarantined_services{ip_family="IPv4"}': 1,
      'sluice_conflicts{ip_family="IPv4"}': 2,
      'sluice_elements_expected{ip_family="IPv4"}': 44,
    });
  });

  it.each([
    { name: 'something was written', more: {}, line: 'info: applied' },
    { name: 'nothing was', more: { transactions: 0 }, line: 'debug: nothing to apply' },
    {
      name: 'nothing had to be at the start',
      more: { transactions: 0, reasons: ['start'] as const },
      line: 'info: applied',
    },
  ])('logs a line where $name', ({ more, line }) => {
    const { reports, log, follow } = setUp();
    follow();
    reports.loop.applied(outcome(more));
    expect(log.lines).toEqual([line]);
    expect(log.records[0]).toMatchObject({ component: 'reconciler', services: 3, added: 5, deleted: 2, ms: 250 });
  });

  it('names each Service that the kernel refused', () => {
    const { reports, log, follow } = setUp();
    follow();
    const refused = [{ owner: 'd/bad', family: 'ipv4' as const, error: new Error('no such address') }];
    reports.loop.applied(outcome({ refused }));
    expect(log.records[0]).toMatchObject({ level: 'error', service: 'd/bad', family: 'ipv4', err: 'no such address' });
  });

  it("does not take the node's own entries for a Service", () => {
    const { reports, log, follow } = setUp();
    follow();
    reports.loop.applied(outcome({ refused: [{ owner: 'node', family: 'ipv6', error: new Error('no memory') }] }));
    const { service, msg, ...rest } = log.records[0]!;
    expect(rest).toMatchObject({ level: 'error', family: 'ipv6', err: 'no memory' });
    expect([service, String(msg).includes('of the node')]).toEqual([undefined, true]);
  });

  it('shows counters of its families at 0 from the start, and others not at all', async () => {
    const { reports, follow, series } = setUp();
    expect(await series(/_total.*IPv/)).toEqual({});
    follow();
    reports.loop.applied(outcome());
    expect(await series(/_total.*IPv/)).toEqual(
      Object.fromEntries(
        [
          'kubeproxy_sync_proxy_rules_no_local_endpoints_total{ip_family="IPv4",traffic_policy="internal"}',
          'kubeproxy_sync_proxy_rules_no_local_endpoints_total{ip_family="IPv4",traffic_policy="external"}',
          'kubeproxy_sync_proxy_rules_nftables_sync_failures_total{ip_family="IPv4"}',
          'kubeproxy_sync_proxy_rules_nftables_cleanup_failures_total{ip_family="IPv4"}',
          'sluice_transactions_total{ip_family="IPv4",result="applied"}',
          'sluice_transactions_total{ip_family="IPv4",result="failed"}',
          'sluice_drift_events_total{ip_family="IPv4"}',
          'sluice_drift_found_total{ip_family="IPv4"}',
          'sluice_drift_repaired_total{ip_family="IPv4"}',
        ].map(name => [name, 0]),
      ),
    );
  });

  it('shows what a comparison found, until the next one', async () => {
    const { reports, follow, series } = setUp(['ipv4', 'ipv6']);
    follow();
    const found = new Map([['ipv4', 43] as const, ['ipv6', 0] as const]);
    reports.loop.applied(outcome({ verified: true, found }));
    reports.loop.applied(outcome());
    expect(await series(/^sluice_elements_found/)).toEqual({
      'sluice_elements_found{ip_family="IPv4"}': 43,
      'sluice_elements_found{ip_family="IPv6"}': 0,
    });
  });

  it('counts what somebody else had changed, and warns of it', async () => {
    const { reports, log, follow, series } = setUp(['ipv4', 'ipv6']);
    follow();
    reports.loop.applied(outcome({ verified: true, drifted: new Map([['ipv6', 7]]) }));
    expect(await series(/^sluice_drift.*IPv6/)).toEqual({
      'sluice_drift_events_total{ip_family="IPv6"}': 1,
      'sluice_drift_found_total{ip_family="IPv6"}': 7,
      'sluice_drift_repaired_total{ip_family="IPv6"}': 7,
    });
    expect(log.records.filter(({ level }) => level === 'warn')).toMatchObject([{ family: 'ipv6', elements: 7 }]);
  });
});

describe('Reports of a run that failed', () => {
  it('counts it, logs it, and has it wait', async () => {
    const { reports, log, health, follow, series } = setUp(['ipv4', 'ipv6']);
    follow();
    reports.loop.failed(new Error('nft failed'), 0.5);
    expect(await series(/^kubeproxy_sync_proxy_rules_(nftables_sync_failures|duration_seconds_count).*IPv4/)).toEqual({
      'kubeproxy_sync_proxy_rules_nftables_sync_failures_total{ip_family="IPv4"}': 1,
      'kubeproxy_sync_proxy_rules_duration_seconds_count{ip_family="IPv4"}': 1,
    });
    expect(log.records).toMatchObject([{ level: 'error', err: 'nft failed', ms: 500 }]);
    vi.setSystemTime(NOW_MS + 60_000);
    expect(health.isHealthy()).toBe(false);
    reports.loop.applied(outcome());
    expect(health.isHealthy()).toBe(true);
  });
});

describe('Reports of the kernel', () => {
  it('says when it was compared, and when that became too long ago', () => {
    const { reports, kernel, follow } = setUp();
    follow();
    reports.loop.applied(outcome());
    expect(kernel.problem()).toBe('not compared with the kernel yet');
    reports.loop.applied(outcome({ verified: true }));
    vi.setSystemTime(NOW_MS + 60_000);
    reports.loop.applied(outcome());
    expect(kernel.problem()).toBeUndefined();
    vi.setSystemTime(NOW_MS + 90_001);
    expect(kernel.problem()).toBe('last compared with the kernel 90 s ago, and 90 s is the limit');
  });

  it('says that it is not known, from a failure to the next success', () => {
    const { reports, kernel, follow } = setUp();
    follow();
    reports.loop.applied(outcome({ verified: true }));
    reports.loop.failed(new Error('nft failed'), 0.5);
    expect(kernel.problem()).toBe('the last attempt to put the kernel right failed');
    reports.loop.applied(outcome({ verified: true }));
    expect(kernel.problem()).toBeUndefined();
  });
});

describe('Reports of what comes', () => {
  it('is unhealthy while a change waits too long', async () => {
    const { reports, health, follow, series } = setUp();
    follow();
    vi.setSystemTime(NOW_MS + 5000);
    reports.loop.queued();
    expect(await series(/^kubeproxy_sync_proxy_rules_last_queued/)).toEqual({
      'kubeproxy_sync_proxy_rules_last_queued_timestamp_seconds{ip_family="IPv4"}': NOW_MS / 1000 + 5,
    });
    vi.setSystemTime(NOW_MS + 64_999);
    expect(health.isHealthy()).toBe(true);
    vi.setSystemTime(NOW_MS + 65_000);
    expect(health.isHealthy()).toBe(false);
  });

  it('judges nobody before the loop starts', async () => {
    const { reports, health, series } = setUp();
    reports.loop.queued();
    reports.loop.failed(new Error('x'), 0);
    vi.setSystemTime(NOW_MS + 600_000);
    expect(health.isHealthy()).toBe(true);
    expect(await series(/ip_family/)).toEqual({});
  });

  it('counts reasons, and takes what was pending', async () => {
    const { reports, series } = setUp();
    reports.sync.setServiceChangesPending(9);
    reports.sync.setEndpointChangesPending(9);
    reports.loop.began(new Set(['retry', 'verify']));
    reports.loop.began(new Set(['retry']));
    expect(await series(/wakeups|_changes_pending/)).toEqual({
      kubeproxy_sync_proxy_rules_service_changes_pending: 0,
      kubeproxy_sync_proxy_rules_endpoint_changes_pending: 0,
      'sluice_reconcile_wakeups_total{reason="retry"}': 2,
      'sluice_reconcile_wakeups_total{reason="verify"}': 1,
    });
  });

  const slice = endpointSlice({ endpoints: [sliceEndpoint()], triggerTimeMs: NOW_MS + 1000 });
  const event = (more: Partial<SliceEvent> = {}): SliceEvent => ({
    slice,
    isDeleted: false,
    isEffective: true,
    ...more,
  });

  it('counts slices, of which only those wait that change a plan', async () => {
    const { reports, series } = setUp();
    for (const isEffective of [true, true, false]) reports.countSlice(event({ isEffective }));
    expect(await series(/_endpoint_changes/)).toEqual({
      kubeproxy_sync_proxy_rules_endpoint_changes_pending: 2,
      kubeproxy_sync_proxy_rules_endpoint_changes_total: 3,
    });
  });

  it.each<{ name: string; events: Partial<SliceEvent>[]; sums: Record<string, number> }>([
    { name: 'of a slice that changes a plan: once that is programmed', events: [{}], sums: { IPv4: 4 } },
    { name: 'of one that changes none, at once', events: [{ isEffective: false }], sums: { IPv4: 2 } },
    { name: 'unless it is from before the start', events: [{ slice: { ...slice, triggerTimeMs: NOW_MS } }], sums: {} },
    {
      name: 'so for one that changes none',
      events: [{ isEffective: false, slice: { ...slice, triggerTimeMs: NOW_MS } }],
      sums: {},
    },
    { name: 'but not of one that is gone again', events: [{}, { isDeleted: true }], sums: {} },
    {
      name: 'nor does it matter that one of the other family is gone',
      events: [{}, { isDeleted: true, slice: { ...slice, addressType: 'IPv6' } }],
      sums: { IPv4: 4 },
    },
    {
      name: 'nor that one tells no time',
      events: [{}, { slice: { ...slice, triggerTimeMs: undefined } }],
      sums: { IPv4: 4 },
    },
    { name: 'by family', events: [{ slice: { ...slice, addressType: 'IPv6' } }], sums: { IPv6: 4 } },
  ])('measures the time from the trigger $name', async ({ events, sums }) => {
    const { reports, follow, series } = setUp(['ipv4', 'ipv6']);
    follow();
    vi.setSystemTime(NOW_MS + 3000);
    for (const one of events) reports.countSlice(event(one));
    reports.loop.began(new Set(['services-changed']));
    vi.setSystemTime(NOW_MS + 5000);
    reports.loop.applied(outcome());
    expect(await series(/^kubeproxy_network_programming_duration_seconds_sum/)).toEqual(
      Object.fromEntries(
        Object.entries({ IPv4: 0, IPv6: 0, ...sums }).map(([family, sum]) => [
          `kubeproxy_network_programming_duration_seconds_sum{ip_family="${family}"}`,
          sum,
        ]),
      ),
    );
  });

  it('logs each problem of an object', () => {
    const { reports, log } = setUp();
    reports.loop.problems([{ object: 'Service d/web', field: 'spec.externalIPs[0]', message: 'is no address' }]);
    expect(log.records).toMatchObject([
      { level: 'warn', object: 'Service d/web', field: 'spec.externalIPs[0]', problem: 'is no address' },
    ]);
  });

  it('counts transactions by what came of them', async () => {
    const { reports, series } = setUp();
    reports.transactions('ipv4', { elements: 10, seconds: 0.5, failed: false });
    reports.transactions('ipv4', { elements: 4, seconds: 0.1, failed: true });
    expect(await series(/^sluice_transaction.*(_total|elements_sum)/)).toEqual({
      'sluice_transactions_total{ip_family="IPv4",result="applied"}': 1,
      'sluice_transactions_total{ip_family="IPv4",result="failed"}': 1,
      'sluice_transaction_elements_sum{ip_family="IPv4"}': 14,
    });
  });

  it.each([
    { isLearnt: true, value: 1, lines: 0 },
    { isLearnt: false, value: 0, lines: 1 },
  ])('tells how affinity is kept, and warns where it is hashed: learnt is $isLearnt', async row => {
    const { reports, log, series } = setUp();
    reports.tellAffinity('ipv6', row.isLearnt, '1.0.6');
    expect(await series(/affinity/)).toEqual({ 'sluice_session_affinity_learnt{ip_family="IPv6"}': row.value });
    expect(log.records).toHaveLength(row.lines);
  });
});
