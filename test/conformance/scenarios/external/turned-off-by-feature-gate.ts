import {
  fails,
  NODE,
  reaches,
  restartProxy,
  scenario,
  service,
  slice,
  target,
  tcp,
  udp,
  udpFlow,
} from '../../builders.ts';

const both = (host: string) => [
  slice('web', [host], { ports: [target(8080, { name: 'web' }), target(5353, { name: 'dns', protocol: 'UDP' })] }),
  slice('web', [host], {
    family: 'v6',
    ports: [target(8080, { name: 'web' }), target(5353, { name: 'dns', protocol: 'UDP' })],
  }),
];

export default scenario({
  name: 'external IPs can be turned off for a whole node, and nothing else with them',
  why: 'KEP-5707: with the feature gate AllowServiceExternalIPs off (since 1.36) spec.externalIPs counts for nothing; what a restart finds of them goes.',
  needs: ['ipv6'],
  objects: [
    service('web', {
      ip: ['10.96.0.10', 'fd00:10:96::10'],
      type: 'LoadBalancer',
      vips: ['203.0.113.20'],
      externalIPs: ['203.0.113.30', '2001:db8:5::30'],
      ports: [tcp(80, { name: 'web', nodePort: 30080 }), udp(53, { name: 'dns' })],
    }),
    ...both('pod-a'),
  ],
  steps: [
    reaches('client', '203.0.113.30:80', 'pod-a'),
    reaches('client', '[2001:db8:5::30]:80', 'pod-a'),
    udpFlow('cluster ip', { from: 'pod-b', to: '10.96.0.10:53', expect: { backends: ['pod-a'] } }),
    restartProxy('SIGTERM', { config: { featureGates: { AllowServiceExternalIPs: false } } }),
    fails('client', '203.0.113.30:80', 'unreachable'),
    fails('pod-b', '203.0.113.30:80', 'unreachable', { within: 0 }),
    fails('client', '[2001:db8:5::30]:80', 'unreachable'),
    reaches('client', '203.0.113.20:80', 'pod-a', { within: 0 }),
    reaches('client', `${NODE.v4}:30080`, 'pod-a', { within: 0 }),
    reaches('pod-b', '[fd00:10:96::10]:80', 'pod-a', { within: 0 }),
    udpFlow('cluster ip', { expect: { backends: ['pod-a'] }, stable: true, within: 0 }),
    restartProxy('SIGTERM', { config: { featureGates: { AllowServiceExternalIPs: true } } }),
    reaches('client', '203.0.113.30:80', 'pod-a'),
    reaches('client', '[2001:db8:5::30]:80', 'pod-a'),
  ],
});
