import { apply, fails, NODE, reaches, scenario, service, serviceCIDR, slice, tcp } from '../../builders.ts';

const more = { ...serviceCIDR('more'), spec: { cidrs: ['198.51.100.0/24', '2001:db8:cb00::/64'] } };

export default scenario({
  name: 'a Service with an address from an added ServiceCIDR works',
  why: 'e2e "should create Services and serve on different Service CIDRs": Services in the old and in the new range are served side by side.',
  objects: [serviceCIDR(), service('old', { ip: '10.96.0.10' }), slice('old', ['pod-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    apply(more),
    apply(
      service('new', {
        ip: ['198.51.100.10', '2001:db8:cb00::a'],
        type: 'NodePort',
        ports: [tcp(80, { nodePort: 30080 })],
      }),
    ),
    apply(slice('new', ['pod-a', 'remote-a']), slice('new', ['pod-a', 'remote-a'], { family: 'v6' })),
    reaches('pod-b', '198.51.100.10:80', ['pod-a', 'remote-a']),
    reaches('pod-b', '[2001:db8:cb00::a]:80', ['pod-a', 'remote-a']),
    reaches('node', '198.51.100.10:80', ['pod-a', 'remote-a']),
    reaches('client', `${NODE.v4}:30080`, ['pod-a', 'remote-a']),
    fails('pod-b', '198.51.100.10:81', 'refused'),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
  ],
});
