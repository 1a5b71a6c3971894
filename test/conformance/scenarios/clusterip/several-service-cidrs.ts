import { fails, reaches, scenario, service, serviceCIDR, slice } from '../../builders.ts';

const extra = { ...serviceCIDR('extra'), spec: { cidrs: ['fd00:10:97::/112', '10.97.0.0/16'] } };

export default scenario({
  name: 'unallocated addresses are dropped in every ServiceCIDR and in both families',
  why: 'upstream: TestProxier_OnServiceCIDRsChanged and TestClusterIPGeneral (packet to unallocated cluster ip). The ranges of all ServiceCIDR objects count, sorted by family, in whatever order an object lists them.',
  needs: ['ipv6'],
  objects: [
    serviceCIDR(),
    extra,
    service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'] }),
    slice('web', ['pod-a']),
    slice('web', ['pod-a'], { family: 'v6' }),
    service('new', { ip: ['10.97.0.10', 'fd00:10:97::10'] }),
    slice('new', ['remote-a']),
    slice('new', ['remote-a'], { family: 'v6' }),
  ],
  steps: [
    ...['10.97.0.10:80', '[fd00:10:97::10]:80'].map(to => reaches('pod-b', to, 'remote-a')),
    ...['10.96.0.10:80', '[fd00:10:96::10]:80'].map(to => reaches('pod-b', to, 'pod-a')),
    ...['10.96.77.77:80', '10.97.77.77:80', '[fd00:10:96::7777]:80', '[fd00:10:97::7777]:80'].map(to =>
      fails('pod-b', to, 'timeout'),
    ),
    fails('node', '10.97.77.77:80', 'timeout'),
    fails('pod-b', '10.97.77.77:53', 'timeout', { proto: 'udp' }),
    fails('pod-b', '10.98.77.77:80', 'unreachable'),
  ],
});
