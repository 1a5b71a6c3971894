import { fails, NODE, reaches, scenario, service, slice, stopProxy, tcp } from '../../builders.ts';

export default scenario({
  name: 'a proxy that is told to end leaves its rules',
  why: 'Services keep working while the proxy is replaced; only --cleanup removes rules.',
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a', 'remote-a']),
    service('empty', { ip: '10.96.0.11' }),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
    stopProxy('SIGTERM'),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { stable: true, within: 0 }),
    reaches('client', `${NODE.v4}:30080`, ['pod-a', 'remote-a'], { within: 0 }),
    fails('pod-b', '10.96.0.11:80', 'refused', { within: 0 }),
  ],
});
