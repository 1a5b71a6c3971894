import { CLIENTS, NODE, reaches, scenario, slice, sticky } from '../../builders.ts';

/** As it may come from an API server of another release, without any defaults. */
const bare = (name: string, spec: object, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'default' },
  spec,
  ...more,
});
const empty = {
  externalIPs: null,
  loadBalancerSourceRanges: null,
  internalTrafficPolicy: null,
  externalTrafficPolicy: null,
  sessionAffinityConfig: null,
  ipFamilies: null,
};

export default scenario({
  name: 'what a Service leaves out has its default: TCP, policies Cluster, affinity of three hours if any',
  why: 'Source behaviour: the API server fills these in, but objects of older releases may lack them, and nothing may fail over that.',
  objects: [
    bare('web', { clusterIP: '10.96.0.10', ports: [{ port: 80 }] }),
    slice('web', ['pod-a', 'remote-a']),
    bare(
      'nulls',
      {
        ...empty,
        type: 'LoadBalancer',
        clusterIP: '10.96.0.11',
        clusterIPs: null,
        ports: [{ port: 80, nodePort: 30080 }],
      },
      { status: { loadBalancer: { ingress: [{ ip: '203.0.113.20', ipMode: null }, {}] } } },
    ),
    slice('nulls', ['pod-a', 'remote-a']),
    bare('sticky', { ...empty, clusterIP: '10.96.0.12', ports: [{ port: 80 }], sessionAffinity: 'ClientIP' }),
    slice('sticky', ['pod-a', 'remote-a', 'remote-b']),
    bare('portless', { clusterIP: '10.96.0.13', ports: null }, { status: null }),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { source: 'preserved' }),
    reaches('pod-b', '10.96.0.11:80', ['pod-a', 'remote-a']),
    reaches('client', '203.0.113.20:80', ['pod-a', 'remote-a'], { source: 'masqueraded' }),
    reaches('client', `${NODE.v4}:30080`, ['pod-a', 'remote-a'], { source: 'masqueraded' }),
    sticky({ from: CLIENTS, to: '10.96.0.12:80', distinct: 2 }),
  ],
});
