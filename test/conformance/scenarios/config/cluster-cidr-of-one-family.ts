import { fails, NODE, reaches, restartProxy, scenario, service, slice, tcp } from '../../builders.ts';
import type { ServiceOptions } from '../../builders.ts';

const web = { ip: ['10.96.0.10', 'fd00:10:96::10'] };
const far: ServiceOptions = {
  ip: ['10.96.0.11', 'fd00:10:96::11'],
  type: 'NodePort',
  externalTrafficPolicy: 'Local',
  ports: [tcp(80, { nodePort: 30080 })],
};
const slices = (name: string, host: string) => [slice(name, [host]), slice(name, [host], { family: 'v6' })];
const seen = (v4: string, v6: string) => [
  reaches('client', '10.96.0.10:80', 'pod-a', { source: v4 }),
  reaches('client', '[fd00:10:96::10]:80', 'pod-a', { source: v6 }),
];

export default scenario({
  name: 'a clusterCIDR of one family tells nothing about the other',
  why: 'Test_getLocalDetectors: without a CIDR of its family nobody counts as local or as foreign: no masquerading, no short cut for pods. The order does not matter.',
  needs: ['ipv6'],
  config: { clusterCIDR: '10.244.0.0/16' },
  objects: [service('web', web), ...slices('web', 'pod-a'), service('far', far), ...slices('far', 'remote-a')],
  steps: [
    ...seen('masqueraded', 'preserved'),
    reaches('pod-b', `${NODE.v4}:30080`, 'remote-a', { source: 'preserved' }),
    fails('pod-b', `[${NODE.v6}]:30080`, 'timeout'),
    restartProxy('SIGTERM', { config: { clusterCIDR: 'fd00:10:244::/48' } }),
    ...seen('preserved', 'masqueraded'),
    restartProxy('SIGTERM', { config: { clusterCIDR: 'fd00:10:244::/48,10.244.0.0/16' } }),
    ...seen('masqueraded', 'masqueraded'),
  ],
});
