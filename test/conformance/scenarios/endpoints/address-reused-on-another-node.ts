import { ep, fails, NODE, PEER_NAME, reaches, scenario, service, slice, stopped, tcp } from '../../builders.ts';

const was = (host: string, nodeName: string) => ({ ...stopped(host), nodeName });
const web = (name: string, ip: string, nodePort: number) =>
  service(name, { ip, type: 'NodePort', externalTrafficPolicy: 'Local', ports: [tcp(80, { nodePort })] });

export default scenario({
  name: 'an address that a dead pod of another node had is as local as its new owner',
  why: 'upstream: TestEndpointInfoByServicePort (prefer non-terminating). The whole entry of the running pod counts, its node name included, and nothing of the terminating one.',
  objects: [
    web('here', '10.96.0.10', 30080),
    slice('here', [was('pod-a', PEER_NAME)], { name: 'here-1' }),
    slice('here', ['pod-a'], { name: 'here-2' }),
    web('there', '10.96.0.11', 30081),
    slice('there', [was('remote-a', 'node-a')], { name: 'there-1' }),
    slice('there', [ep('remote-a')], { name: 'there-2' }),
  ],
  steps: [
    reaches('client', `${NODE.v4}:30080`, 'pod-a', { source: 'preserved' }),
    reaches('pod-b', '10.96.0.11:80', 'remote-a'),
    fails('client', `${NODE.v4}:30081`, 'timeout'),
  ],
});
