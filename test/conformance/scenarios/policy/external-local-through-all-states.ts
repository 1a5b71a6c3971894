import {
  apply,
  draining,
  fails,
  NODE,
  NODE_SERVER_PORT,
  notReady,
  reaches,
  scenario,
  service,
  slice,
  tcp,
} from '../../builders.ts';

const external = ['203.0.113.20:80', '203.0.113.30:80', `${NODE.v4}:${NODE_SERVER_PORT}`];

export default scenario({
  name: 'externalTrafficPolicy Local tells "none here" from "none at all", at every address',
  why: 'upstream: TestNoEndpointsReject and TestTerminatingEndpointsTrafficPolicyLocal. Outside clients are forwarded, dropped or refused as endpoints are here, elsewhere or nowhere, and each state takes the place of the other cleanly.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['203.0.113.20'],
      externalIPs: ['203.0.113.30'],
      ports: [tcp(80, { nodePort: NODE_SERVER_PORT })],
    }),
  ],
  steps: [
    ...external.map(to => fails('client', to, 'refused')),
    ...external.map(to => fails('pod-b', to, 'refused')),
    apply(slice('web', ['remote-a'])),
    ...external.map(to => fails('client', to, 'timeout')),
    ...external.map(to => reaches('pod-b', to, 'remote-a')),
    apply(slice('web', ['remote-a', 'pod-a'])),
    ...external.map(to => reaches('client', to, 'pod-a', { source: 'preserved', attempts: 20 })),
    apply(slice('web', [draining('remote-a'), notReady('pod-a')])),
    ...external.map(to => fails('client', to, 'timeout')),
    ...external.map(to => reaches('pod-b', to, 'remote-a')),
    apply(slice('web', [notReady('remote-a'), notReady('pod-a')])),
    ...external.map(to => fails('client', to, 'refused')),
    ...external.map(to => fails('pod-b', to, 'refused')),
  ],
});
