import { fails, NODE, node, reaches, restartProxy, scenario, service, slice, tcp } from '../../builders.ts';
import type { Step } from '../../builders.ts';

const here = node();
const four = { ...here, status: { ...here.status, addresses: [{ type: 'InternalIP', address: NODE.v4 }] } };
const seen: Step[] = [
  reaches('client', `${NODE.v4}:30080`, 'pod-a'),
  fails('client', '10.244.1.1:30080', 'refused'),
  reaches('client', `[${NODE.v6}]:30080`, 'pod-a'),
  reaches('client', '[fd00:10:244:1::1]:30080', 'pod-a'),
  fails('node', '[::1]:30080', 'refused'),
];

export default scenario({
  name: 'where node port addresses are of one family only, the other family has them everywhere',
  why: 'Source behaviour (E-49): what is left of the list for a family is nothing, and nothing means all, for the primary addresses of a node that has only one family as for CIDRs.',
  needs: ['ipv6'],
  objects: [
    four,
    service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'], type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a']),
    slice('web', ['pod-a'], { family: 'v6' }),
  ],
  steps: [...seen, restartProxy('SIGTERM', { config: { nodePortAddresses: ['192.168.100.0/24'] } }), ...seen],
});
