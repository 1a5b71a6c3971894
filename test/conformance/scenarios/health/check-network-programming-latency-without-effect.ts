import { apply, metric, remove, scenario, service, settle, sleep, slice } from '../../builders.ts';
import type { KubeObject } from '../../builders.ts';

/** A slice that is stamped with the time of the step itself. */
const applyNow = (made: KubeObject) => ({
  ...apply(),
  get objects() {
    const annotations = { 'endpoints.kubernetes.io/last-change-trigger-time': new Date().toISOString() };
    return [{ ...made, metadata: { ...made.metadata, annotations } }];
  },
});
const counts = (family: 'IPv4' | 'IPv6', value: number) =>
  metric('kubeproxy_network_programming_duration_seconds_count', '==', value, { labels: { ip_family: family } });
const early = (family: 'v4' | 'v6') => slice('early', ['pod-a'], { family });

export default scenario({
  name: 'a change with a trigger time is observed where it needs no programming, too, and in its family',
  why: 'Source behaviour (1.36): a slice whose Service is not there yet, or of which nothing but the annotation changed, is a change that is done with the next sync. The latency SLO counts all changes.',
  needs: ['ipv6'],
  objects: [service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'] })],
  steps: [
    applyNow(early('v4')),
    settle(),
    counts('IPv4', 1),
    applyNow(early('v6')),
    settle(),
    counts('IPv6', 1),
    applyNow(slice('web', ['pod-a'])),
    settle(),
    counts('IPv4', 2),
    sleep(0.1),
    applyNow(slice('web', ['pod-a'])),
    settle(),
    counts('IPv4', 3),
    applyNow(slice('web', ['pod-a'], { family: 'v6' })),
    settle(),
    counts('IPv6', 2),
    remove(early('v4')),
    applyNow(slice('web', ['pod-b'], { family: 'v6' })),
    settle(),
    counts('IPv6', 3),
    counts('IPv4', 3),
  ],
});
