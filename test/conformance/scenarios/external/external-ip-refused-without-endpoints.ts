import { fails, scenario, service } from '../../builders.ts';

export default scenario({
  name: 'an external IP without endpoints refuses',
  why: 'Traffic to any address of a Service that has no endpoints at all is rejected.',
  objects: [service('web', { ip: '10.96.0.10', externalIPs: ['203.0.113.10'] })],
  steps: [
    fails('client', '203.0.113.10:80', 'refused'),
    fails('pod-b', '203.0.113.10:80', 'refused'),
    fails('node', '203.0.113.10:80', 'refused'),
  ],
});
