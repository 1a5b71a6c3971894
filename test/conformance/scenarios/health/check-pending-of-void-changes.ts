import { apply, metric, remove, scenario, service, settle, sleep, slice } from '../../builders.ts';
import type { KubeObject } from '../../builders.ts';

const annotated = (object: KubeObject, text: string): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, annotations: { note: text } },
});
const pending = ['service', 'endpoint'].map(kind =>
  metric(`kubeproxy_sync_proxy_rules_${kind}_changes_pending`, '==', 0),
);
const [web, pods] = [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])];
const ownerless = slice('nobody', ['pod-a']);

export default scenario({
  name: 'changes that change nothing do not stay pending',
  why: 'Source behaviour of the trackers: what makes no difference (annotations, slices of no Service, of host names or without a Service) is either synced at once or not pending at all. The gauges are what alerts are made of.',
  objects: [web, pods],
  steps: [
    apply(annotated(web, 'one'), annotated(pods, 'one')),
    settle(),
    sleep(0.5),
    ...pending,
    apply(annotated(pods, 'two'), ownerless, annotated(ownerless, 'one')),
    apply(slice('web', [], { name: 'web-fqdn', addressType: 'FQDN' })),
    apply(slice('web', ['pod-b'], { name: 'stray', labels: { 'kubernetes.io/service-name': undefined } })),
    sleep(1),
    ...pending,
    remove(ownerless),
    apply(annotated(web, 'two')),
    sleep(1),
    ...pending,
  ],
});
