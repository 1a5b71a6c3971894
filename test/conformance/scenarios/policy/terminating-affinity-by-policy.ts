import { apply, clientIP, CLIENTS, draining, scenario, service, settle, slice, sticky, tcp } from '../../builders.ts';

const [vip, clusterIp] = ['203.0.113.20:80', '10.96.0.10:80'];

export default scenario({
  name: 'affinity works where the policies use different endpoints',
  why: 'upstream: TestCategorizeEndpoints (allEndpoints), with affinity. Draining endpoints that only policy Local uses and ready ones that only policy Cluster uses both keep clients, and neither leads a client across the policies.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['203.0.113.20'],
      ports: [tcp(80, { nodePort: 30080 })],
      ...clientIP(),
    }),
    slice('web', [draining('pod-a'), draining('pod-b'), 'remote-a', 'remote-b']),
  ],
  steps: [
    sticky({ from: CLIENTS, to: vip, backends: ['pod-a', 'pod-b'], distinct: 2, as: 'outside' }),
    sticky({ from: CLIENTS, to: clusterIp, backends: ['remote-a', 'remote-b'], distinct: 2, as: 'inside' }),
    sticky({ from: CLIENTS, to: vip, same: 'outside', within: 0 }),
    sticky({ from: CLIENTS, to: clusterIp, same: 'inside', within: 0 }),
    apply(slice('web', ['pod-a', draining('pod-b'), draining('remote-a'), draining('remote-b')])),
    settle(),
    sticky({ from: CLIENTS, to: vip, backends: ['pod-a'] }),
    sticky({ from: CLIENTS, to: clusterIp, backends: ['pod-a'] }),
  ],
});
