import { reaches, scenario, service, slice, target } from '../../builders.ts';

const part = (of: string, hosts: string[], port: number) =>
  slice(of, hosts, { name: `${of}-${port}`, ports: [target(port)] });

export default scenario({
  name: 'one address with two ports is two endpoints',
  why: 'Endpoints are told apart by address and port, as two pods in the host network of one node have to be. Each has its share, and each may reach itself.',
  objects: [
    service('web', { ip: '10.96.0.10' }),
    part('web', ['pod-a', 'remote-a'], 8080),
    part('web', ['pod-a'], 8081),
    service('self', { ip: '10.96.0.11' }),
    part('self', ['pod-a'], 8080),
    part('self', ['pod-a'], 8081),
    service('hosts', { ip: '10.96.0.12', internalTrafficPolicy: 'Local' }),
    part('hosts', ['node-host', 'peer-host'], 8080),
    part('hosts', ['node-host'], 9090),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', ['pod-a:8080', 'pod-a:8081', 'remote-a:8080'], { balanced: 0.25 }),
    reaches('pod-a', '10.96.0.11:80', ['pod-a:8080', 'pod-a:8081'], { source: 'masqueraded' }),
    reaches('pod-b', '10.96.0.12:80', ['node-host:8080', 'node-host:9090']),
  ],
});
