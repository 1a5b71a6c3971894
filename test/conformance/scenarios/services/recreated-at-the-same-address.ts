import { apply, fails, NODE, reaches, remove, scenario, service, settle, slice, tcp } from '../../builders.ts';

const web = service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] });

export default scenario({
  name: 'a Service that is deleted and created anew as it was works again',
  why: 'e2e "should work after the service has been recreated": the same name, addresses and ports may come back, both after a while and at once.',
  objects: [web, slice('web', ['pod-a', 'remote-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
    remove(web),
    fails('pod-b', '10.96.0.10:80', 'unreachable'),
    apply(web),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
    reaches('client', `${NODE.v4}:30080`, ['pod-a', 'remote-a']),
    remove(web),
    apply(web),
    settle(),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { stable: true }),
    reaches('client', `${NODE.v4}:30080`, ['pod-a', 'remote-a'], { stable: true }),
  ],
});
