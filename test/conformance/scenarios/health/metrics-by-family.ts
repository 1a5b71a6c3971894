import { apply, metric, NODE, remove, scenario, service, settle, slice, target, udp, udpFlow } from '../../builders.ts';

const of = (family: 'IPv4' | 'IPv6', more: Record<string, string> = {}) => ({ labels: { ip_family: family, ...more } });
const noLocal = (family: 'IPv4' | 'IPv6', policy: 'internal' | 'external', value: number) =>
  metric('kubeproxy_sync_proxy_rules_no_local_endpoints_total', '==', value, of(family, { traffic_policy: policy }));
const deleted = (family: 'IPv4' | 'IPv6', op: '==' | '>=', value: number) =>
  metric('kubeproxy_conntrack_reconciler_deleted_entries_total', op, value, of(family));
const ports = [target(5353, { protocol: 'UDP' })];
const dns = (host: string, family: 'v4' | 'v6') => slice('dns', [host], { ports, family });

export default scenario({
  name: 'metrics are told for each family by itself',
  why: 'Since 1.34 most metrics carry ip_family: durations and times of syncs, Services without local endpoints, and UDP flows that were removed.',
  needs: ['ipv6', 'nftables'],
  objects: [
    service('dns', {
      ip: ['10.96.0.10', 'fd00:10:96::10'],
      type: 'NodePort',
      internalTrafficPolicy: 'Local',
      externalTrafficPolicy: 'Local',
      ports: [udp(53, { nodePort: 30053 })],
    }),
    dns('pod-a', 'v4'),
    dns('pod-a', 'v6'),
  ],
  steps: [
    ...(['IPv4', 'IPv6'] as const).flatMap(family => [
      ...['duration_seconds_count', 'last_timestamp_seconds', 'last_queued_timestamp_seconds'].map(name =>
        metric(`kubeproxy_sync_proxy_rules_${name}`, '>', 0, of(family)),
      ),
      metric('kubeproxy_sync_full_proxy_rules_duration_seconds_count', '>=', 1, of(family)),
      noLocal(family, 'internal', 0),
      noLocal(family, 'external', 0),
    ]),
    udpFlow('flow', { from: 'client', to: `[${NODE.v6}]:30053`, expect: { backends: ['pod-a'] } }),
    udpFlow('bystander', { from: 'client', to: `${NODE.v4}:30053`, expect: { backends: ['pod-a'] } }),
    apply(dns('remote-a', 'v6')),
    noLocal('IPv6', 'internal', 1),
    noLocal('IPv6', 'external', 1),
    noLocal('IPv4', 'internal', 0),
    noLocal('IPv4', 'external', 0),
    deleted('IPv6', '>=', 1),
    deleted('IPv4', '==', 0),
    metric('kubeproxy_conntrack_reconciler_sync_duration_seconds_count', '>=', 1, of('IPv6')),
    metric('kubeproxy_sync_partial_proxy_rules_duration_seconds_count', '>=', 1, of('IPv6')),
    remove(dns('remote-a', 'v6')),
    settle(),
    noLocal('IPv6', 'internal', 0),
    noLocal('IPv6', 'external', 0),
  ],
});
