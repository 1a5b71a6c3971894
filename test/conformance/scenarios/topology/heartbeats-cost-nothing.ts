import { metric, node, patch, PEER_NAME, reaches, scenario, service, settle, sleep, slice } from '../../builders.ts';

const beat = (n: number) =>
  patch(node(), {
    metadata: { labels: { unrelated: `${n}` }, annotations: { beat: `${n}` } },
    status: { conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: `${n}` }] },
  });

export default scenario({
  name: "the node's heartbeats and changes of its other labels are no reason to sync",
  why: 'Source behaviour: of the Node only name, zone, addresses and pod CIDRs matter. A kubelet updates its status every few seconds.',
  objects: [node(), node(PEER_NAME), service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    settle(),
    ...Array.from({ length: 15 }, (_, n) => [beat(n), sleep(0.15)]).flat(),
    metric('kubeproxy_sync_proxy_rules_duration_seconds_count', '<=', 14),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
  ],
});
