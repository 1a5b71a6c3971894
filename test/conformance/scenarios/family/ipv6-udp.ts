import { reaches, scenario, service, slice, target, udp } from '../../builders.ts';

export default scenario({
  name: 'an IPv6 ClusterIP forwards UDP',
  why: 'Single-stack IPv6 Services work like those of IPv4.',
  needs: ['ipv6'],
  objects: [
    service('dns', { ip: 'fd00:10:96::10', ports: [udp(53)] }),
    slice('dns', ['pod-a', 'remote-a'], { family: 'v6', ports: [target(5353, { protocol: 'UDP' })] }),
  ],
  steps: [reaches('pod-b', '[fd00:10:96::10]:53', ['pod-a', 'remote-a'], { proto: 'udp' })],
});
