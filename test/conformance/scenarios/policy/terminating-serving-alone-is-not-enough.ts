import { apply, ep, fails, NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

const serving = (host: string) => ep(host, { ready: false, serving: true, terminating: false });

export default scenario({
  name: 'an endpoint that serves but is neither ready nor terminating is no fallback',
  why: 'upstream: TestHealthCheckNodePortWhenTerminating and TestCategorizeEndpoints. Only endpoints that both serve and terminate stand in for ready ones, under either policy.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', [serving('pod-a'), serving('remote-a')]),
  ],
  steps: [
    fails('pod-b', '10.96.0.10:80', 'refused'),
    fails('client', `${NODE.v4}:30080`, 'refused'),
    apply(slice('web', [serving('pod-a'), ep('remote-a', { ready: false, serving: true, terminating: true })])),
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { attempts: 20 }),
    fails('client', `${NODE.v4}:30080`, 'timeout'),
  ],
});
