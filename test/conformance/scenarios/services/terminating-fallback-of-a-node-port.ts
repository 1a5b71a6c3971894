import { apply, draining, fails, NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

const to = `${NODE.v4}:30080`;

export default scenario({
  name: 'a node port falls back to terminating endpoints, wherever they are',
  why: 'e2e "should fallback to terminating endpoints when there are no ready endpoints with externallTrafficPolicy=Cluster".',
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a', 'remote-a']),
  ],
  steps: [
    reaches('client', to, ['pod-a', 'remote-a']),
    apply(slice('web', [draining('pod-a'), draining('remote-a')])),
    reaches('client', to, ['pod-a', 'remote-a'], { stable: true }),
    reaches('node', to, ['pod-a', 'remote-a']),
    apply(slice('web', [draining('remote-a')])),
    reaches('client', to, 'remote-a', { attempts: 20 }),
    apply(slice('web', [])),
    fails('client', to, 'refused'),
  ],
});
