import { fails, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'headless Services are not proxied, not even at external IPs',
  why: 'A Service with clusterIP None is skipped as a whole.',
  objects: [
    service('web', { ip: '10.96.0.10', externalIPs: ['203.0.113.10'] }),
    slice('web', ['pod-a']),
    service('headless', { ip: 'None', externalIPs: ['203.0.113.11'] }),
    slice('headless', ['pod-a'], { labels: { 'service.kubernetes.io/headless': '' } }),
  ],
  steps: [reaches('client', '203.0.113.10:80', 'pod-a'), fails('client', '203.0.113.11:80', 'unreachable')],
});
