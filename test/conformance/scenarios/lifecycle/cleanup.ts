import { fails, NODE, reaches, runProxy, scenario, service, slice, stopProxy, tcp } from '../../builders.ts';

export default scenario({
  name: '--cleanup removes the rules and exits',
  why: 'kube-proxy --cleanup removes everything that the proxy put into the kernel and exits with status 0.',
  objects: [
    service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'], type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a']),
    slice('web', ['pod-a'], { family: 'v6' }),
    service('empty', { ip: '10.96.0.11' }),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    stopProxy(),
    runProxy(['--cleanup']),
    fails('pod-b', '10.96.0.10:80', 'unreachable', { within: 0 }),
    fails('pod-b', '[fd00:10:96::10]:80', 'unreachable', { within: 0 }),
    fails('pod-b', '10.96.0.11:80', 'unreachable', { within: 0 }),
    fails('client', `${NODE.v4}:30080`, 'refused', { within: 0 }),
  ],
});
