import { apply, NODE, scenario, service, slice, startProxy, stopProxy, target, udp, udpFlow } from '../../builders.ts';

const ports = [target(5353, { protocol: 'UDP' })];

export default scenario({
  name: 'UDP flows of endpoints that went while the proxy was down move on when it is back',
  why: 'E-47: the first sync takes every Service for changed, so that what happened meanwhile is cleaned up, too.',
  needs: ['ipv6'],
  objects: [
    service('dns', { ip: ['10.96.0.10', 'fd00:10:96::10'], type: 'NodePort', ports: [udp(53, { nodePort: 30053 })] }),
    slice('dns', ['pod-a'], { ports }),
    slice('dns', ['pod-a'], { ports, family: 'v6' }),
    service('zero', { ip: '10.96.0.11', ports: [udp(53)] }),
    slice('zero', ['pod-a'], { ports }),
  ],
  steps: [
    udpFlow('cluster ip', { from: 'pod-b', to: '10.96.0.10:53', expect: { backends: ['pod-a'] } }),
    udpFlow('node port', { from: 'client', to: `${NODE.v4}:30053`, expect: { backends: ['pod-a'] } }),
    udpFlow('cluster ip v6', { from: 'pod-b', to: '[fd00:10:96::10]:53', expect: { backends: ['pod-a'] } }),
    udpFlow('zero', { from: 'pod-b', to: '10.96.0.11:53', expect: { backends: ['pod-a'] } }),
    stopProxy(),
    apply(
      slice('dns', ['remote-a'], { ports }),
      slice('dns', ['remote-a'], { ports, family: 'v6' }),
      slice('zero', [], { ports }),
    ),
    startProxy(),
    ...['cluster ip', 'node port', 'cluster ip v6'].map(name =>
      udpFlow(name, { expect: { backends: ['remote-a'] }, stable: true }),
    ),
    udpFlow('zero', { expect: 'refused', stable: true }),
  ],
});
