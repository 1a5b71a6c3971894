import { apply, probe, reaches, remove, scenario, service, serviceCIDR, slice } from '../../builders.ts';

const ranges = (name: string, ...cidrs: string[]) => ({ ...serviceCIDR(name), spec: { cidrs } });
const dropped = (to: string) => probe({ from: 'pod-b', to, expect: 'timeout', attempts: 2 });
const leaves = (to: string) => probe({ from: 'pod-b', to, expect: 'unreachable', attempts: 2 });
const [v4, v6] = ['10.96.77.77:80', '[fd00:10:96::7777]:80'];

export default scenario({
  name: 'ServiceCIDRs count as soon as they are made, changed and deleted, and as long as any object lists them',
  why: 'kube-proxy 1.36.2 takes a changed ServiceCIDR up with its next full sync only, which may be an hour later, and forgets a range that two objects list when one of them goes.',
  needs: ['ipv6'],
  objects: [service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'] }), slice('web', ['pod-a'])],
  steps: [
    leaves(v4),
    apply(serviceCIDR()),
    dropped(v4),
    dropped(v6),
    apply(ranges('more', '10.97.0.0/16', '10.96.0.0/16', '10.96.64.0/18', 'fd00:10:96::/112')),
    dropped('10.97.77.77:80'),
    remove(serviceCIDR('more')),
    leaves('10.97.77.77:80'),
    dropped(v4),
    dropped(v6),
    apply(ranges('kubernetes', '10.98.0.0/16')),
    dropped('10.98.77.77:80'),
    leaves(v4),
    leaves(v6),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    remove(serviceCIDR()),
    leaves('10.98.77.77:80'),
  ],
});
