import {
  clientIP,
  CLIENTS,
  NODE,
  patch,
  reaches,
  scenario,
  service,
  settle,
  sleep,
  slice,
  sticky,
  tcp,
} from '../../builders.ts';

const web = service('web', {
  ip: '10.96.0.10',
  type: 'NodePort',
  ports: [tcp(80, { nodePort: 30080 })],
  ...clientIP(),
});
const to = `${NODE.v4}:30080`;
const pods = ['pod-a', 'remote-a', 'remote-b'];

export default scenario({
  name: 'affinity of a node port: on, off, and on again with a timeout',
  why: 'e2e "should have session affinity [timeout] work for NodePort service" and "should be able to switch session affinity for NodePort service".',
  objects: [web, slice('web', pods)],
  steps: [
    sticky({ from: CLIENTS, to, distinct: 2 }),
    patch(web, { spec: { sessionAffinity: 'None', sessionAffinityConfig: null } }),
    settle(),
    reaches('client-1', to, pods),
    patch(web, { spec: clientIP(3) }),
    settle(),
    sticky({ from: CLIENTS, to, as: 'first', distinct: 2 }),
    sticky({ from: CLIENTS, to, same: 'first', within: 0 }),
    sleep(5),
    sticky({ from: CLIENTS, to, changed: 'first' }),
  ],
});
