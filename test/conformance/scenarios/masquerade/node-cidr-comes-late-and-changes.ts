import {
  awaitReady,
  fails,
  node,
  patch,
  reaches,
  scenario,
  service,
  slice,
  sleep,
  startProxy,
} from '../../builders.ts';

const pods = (...podCIDRs: string[]) => patch(node(), { spec: { podCIDR: podCIDRs[0] ?? null, podCIDRs } });
const seen = (from: string, source: string) => [
  reaches(from, '10.96.0.10:80', 'remote-a', { source }),
  reaches(from, '[fd00:10:96::10]:80', 'remote-a', { source }),
];

export default scenario({
  name: 'in mode NodeCIDR the pod CIDRs are waited for, and a change of them takes effect at once',
  why: 'Source behaviour of the node manager, which waits for spec.podCIDRs and ends the process when they change; here it goes on with the new ones.',
  needs: ['ipv6'],
  config: { clusterCIDR: null, detectLocalMode: 'NodeCIDR' },
  start: false,
  objects: [
    service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'] }),
    slice('web', ['remote-a']),
    slice('web', ['remote-a'], { family: 'v6' }),
  ],
  steps: [
    patch(node(), { spec: { podCIDR: null, podCIDRs: null } }),
    startProxy({ wait: false }),
    sleep(1.5),
    fails('pod-b', '10.96.0.10:80', 'unreachable', { within: 0 }),
    pods('10.244.1.0/24', 'fd00:10:244:1::/64'),
    awaitReady(),
    ...seen('pod-b', 'preserved'),
    ...seen('client', 'masqueraded'),
    pods('10.244.1.10/32', 'fd00:10:244:1::10/128'),
    ...seen('pod-b', 'masqueraded'),
    ...seen('pod-a', 'preserved'),
  ],
});
