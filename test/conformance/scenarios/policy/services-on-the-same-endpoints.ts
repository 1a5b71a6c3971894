import { fails, NODE, reaches, remove, scenario, service, settle, slice, tcp } from '../../builders.ts';
import type { ServiceOptions } from '../../builders.ts';

const all = ['pod-a', 'remote-a'];
const web = (name: string, n: number, more?: ServiceOptions) =>
  service(name, {
    ip: `10.96.0.1${n}`,
    type: 'LoadBalancer',
    vips: [`203.0.113.2${n}`],
    ports: [tcp(80, { nodePort: 30080 + n })],
    ...more,
  });
const local = web('local', 2, { externalTrafficPolicy: 'Local', healthCheckNodePort: 32082 });

export default scenario({
  name: 'Services with the same endpoints keep their policies apart',
  why: 'upstream: TestInternalExternalMasquerade. What is masqueraded and where it may go depends on the Service that was addressed, not on the endpoint that was chosen.',
  objects: [
    web('cluster', 1),
    slice('cluster', all),
    local,
    slice('local', all),
    web('inner', 3, { internalTrafficPolicy: 'Local' }),
    slice('inner', all),
    web('shut', 4, { loadBalancerSourceRanges: ['198.51.100.0/24'] }),
    slice('shut', all),
  ],
  steps: [
    reaches('client', '203.0.113.21:80', all, { source: 'masqueraded' }),
    reaches('client', '203.0.113.22:80', 'pod-a', { source: 'preserved', attempts: 20 }),
    reaches('client', '203.0.113.23:80', all, { source: 'masqueraded' }),
    fails('client', '203.0.113.24:80', 'timeout'),
    reaches('pod-b', '10.96.0.12:80', all, { source: 'preserved' }),
    reaches('pod-b', '10.96.0.13:80', 'pod-a', { source: 'preserved', attempts: 20 }),
    reaches('pod-b', `${NODE.v4}:30082`, all, { source: 'preserved' }),
    reaches('pod-b', `${NODE.v4}:30083`, all, { source: 'masqueraded' }),
    remove(local),
    settle(),
    reaches('client', '203.0.113.21:80', all, { source: 'masqueraded' }),
    reaches('pod-b', '10.96.0.13:80', 'pod-a', { source: 'preserved', attempts: 20 }),
  ],
});
