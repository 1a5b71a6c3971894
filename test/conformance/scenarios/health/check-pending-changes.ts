import { apply, metric, remove, scenario, service, settle, sleep, slice } from '../../builders.ts';

const names = Array.from({ length: 20 }, (_, i) => `web-${i}`);
const services = names.map((name, i) => service(name, { ip: `10.96.1.${i + 1}` }));
const slices = names.map(name => slice(name, ['pod-a']));
const pending = ['service', 'endpoint'].map(kind =>
  metric(`kubeproxy_sync_proxy_rules_${kind}_changes_pending`, '==', 0),
);
const total = (kind: string, value: number) => metric(`kubeproxy_sync_proxy_rules_${kind}_changes_total`, '>=', value);

export default scenario({
  name: 'no changes stay pending once they are programmed, undone or void',
  why: 'upstream: TestServiceCacheLeaks and TestEndpointSliceCacheClearedCorrectly. The gauges of pending changes go back to 0 after every sync, also for what was added and removed between two of them; the totals go on.',
  steps: [
    apply(...services, ...slices),
    settle(),
    sleep(0.5),
    ...pending,
    total('service', 20),
    total('endpoint', 20),
    ...services.flatMap(one => [remove(one), apply(one)]),
    settle(),
    sleep(0.5),
    ...pending,
    remove(...slices),
    remove(...services),
    settle(),
    sleep(0.5),
    ...pending,
    total('service', 40),
    total('endpoint', 40),
  ],
});
