import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'a dual-stack Service may have IPv6 as its first family',
  why: 'spec.clusterIP is the first of spec.clusterIPs, of whatever family; the families must be told apart by the addresses.',
  needs: ['ipv6'],
  objects: [
    service('web', { ip: ['fd00:10:96::10', '10.96.0.10'] }),
    slice('web', ['pod-a']),
    slice('web', ['remote-a'], { family: 'v6' }),
  ],
  steps: [reaches('pod-b', '10.96.0.10:80', 'pod-a'), reaches('pod-b', '[fd00:10:96::10]:80', 'remote-a')],
});
