import { fails, patch, reaches, scenario, service, slice } from '../../builders.ts';

const web = service('web', { ip: '10.96.0.10', externalIPs: ['203.0.113.10', '203.0.113.11'] });

export default scenario({
  name: 'a removed external IP is no longer forwarded',
  why: 'The proxy follows updates of spec.externalIPs.',
  objects: [web, slice('web', ['pod-a'])],
  steps: [
    reaches('client', '203.0.113.10:80', 'pod-a'),
    patch(web, { spec: { externalIPs: ['203.0.113.11'] } }),
    fails('client', '203.0.113.10:80', 'unreachable'),
    reaches('client', '203.0.113.11:80', 'pod-a'),
  ],
});
