import { fails, NODE, NODE_SERVER_PORT, reaches, scenario, service, tcp } from '../../builders.ts';

const web = service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: NODE_SERVER_PORT })] });

export default scenario({
  name: 'a node port without endpoints refuses',
  why: 'A node port belongs to its Service even without endpoints: traffic is rejected and does not fall through to a process on the node.',
  objects: [web],
  steps: [
    fails('client', `${NODE.v4}:${NODE_SERVER_PORT}`, 'refused'),
    fails('pod-b', `${NODE.v4}:${NODE_SERVER_PORT}`, 'refused'),
    reaches('client', `${NODE.v4}:8080`, 'node-host'),
  ],
});
