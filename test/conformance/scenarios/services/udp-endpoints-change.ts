import { apply, NODE, reaches, scenario, service, slice, target, udp } from '../../builders.ts';

const ports = [target(5353, { protocol: 'UDP' })];

export default scenario({
  name: 'new UDP flows go to the endpoints that are left',
  why: 'e2e "should update endpoints: udp": after a pod is deleted each probe, by cluster address or node port, ends at one of the others.',
  objects: [
    service('dns', { ip: '10.96.0.10', type: 'NodePort', ports: [udp(90, { nodePort: 30090 })] }),
    slice('dns', ['pod-a', 'remote-a', 'remote-b'], { ports }),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:90', ['pod-a', 'remote-a', 'remote-b'], { proto: 'udp' }),
    reaches('client', `${NODE.v4}:30090`, ['pod-a', 'remote-a', 'remote-b'], { proto: 'udp' }),
    apply(slice('dns', ['pod-a', 'remote-b'], { ports })),
    reaches('pod-b', '10.96.0.10:90', ['pod-a', 'remote-b'], { proto: 'udp', stable: true }),
    reaches('client', `${NODE.v4}:30090`, ['pod-a', 'remote-b'], { proto: 'udp', stable: true }),
  ],
});
