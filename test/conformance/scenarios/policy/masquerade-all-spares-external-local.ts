import { NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

const all = ['pod-a', 'remote-a'];

export default scenario({
  name: 'masqueradeAll is about ClusterIPs only',
  why: 'upstream: TestInternalExternalMasquerade (masqueradeAll). All ClusterIP traffic is masqueraded, under internalTrafficPolicy Local as well, but policy Local still keeps the source at external addresses.',
  needs: ['nftables'],
  config: { nftables: { masqueradeAll: true } },
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['203.0.113.20'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', all),
    service('inner', { ip: '10.96.0.11', internalTrafficPolicy: 'Local' }),
    slice('inner', all),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', all, { source: 'masqueraded' }),
    reaches('pod-b', '10.96.0.11:80', 'pod-a', { source: 'masqueraded', attempts: 20 }),
    reaches('client', '203.0.113.20:80', 'pod-a', { source: 'preserved', attempts: 20 }),
    reaches('client', `${NODE.v4}:30080`, 'pod-a', { source: 'preserved', attempts: 20 }),
    reaches('pod-b', '203.0.113.20:80', all, { source: 'preserved' }),
    reaches('pod-b', `${NODE.v4}:30080`, all, { source: 'preserved' }),
  ],
});
