import { apply, fails, NODE, port, reaches, scenario, service, slice, target } from '../../builders.ts';

const sctp = port(80, { protocol: 'SCTP', nodePort: 30080 });
const ports = [target(8080, { protocol: 'SCTP' })];
const endpoints = (family: 'v4' | 'v6', ...hosts: string[]) => slice('assoc', hosts, { family, ports });
const TARGETS = ['10.96.0.10:80', '[fd00:10:96::10]:80'];
const OUTSIDE = [`${NODE.v4}:30080`, `[${NODE.v6}]:30080`, '203.0.113.10:80'];

export default scenario({
  name: 'SCTP is forwarded at all addresses, in both families, and follows its endpoints',
  why: 'Virtual servers for SCTP are --sctp-service lines of their own; endpoints of SCTP do not drain.',
  needs: ['ipvs', 'ipv6', 'sctp'],
  objects: [
    service('assoc', {
      ip: ['10.96.0.10', 'fd00:10:96::10'],
      type: 'NodePort',
      ports: [sctp],
      externalIPs: ['203.0.113.10'],
    }),
    endpoints('v4', 'pod-a', 'remote-a'),
    endpoints('v6', 'pod-a', 'remote-a'),
  ],
  steps: [
    ...TARGETS.map(to =>
      reaches('pod-b', to, ['pod-a', 'remote-a'], {
        proto: 'sctp',
        source: 'preserved',
      }),
    ),
    ...OUTSIDE.map(to =>
      reaches('client', to, ['pod-a', 'remote-a'], {
        proto: 'sctp',
        source: 'masqueraded',
      }),
    ),
    apply(endpoints('v4', 'remote-a'), endpoints('v6', 'remote-a')),
    ...TARGETS.map(to => reaches('pod-b', to, 'remote-a', { proto: 'sctp', stable: true })),
    apply(endpoints('v4'), endpoints('v6')),
    fails('pod-b', '10.96.0.10:80', ['refused', 'unreachable', 'timeout'], {
      proto: 'sctp',
    }),
    apply(endpoints('v4', 'pod-a')),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { proto: 'sctp', stable: true }),
  ],
});
