import { apply, fails, NODE, reaches, remove, scenario, service, slice, tcp } from '../../builders.ts';

const web = service('web', {
  ip: '10.96.0.10',
  type: 'LoadBalancer',
  vips: [NODE.v4],
  ports: [tcp(80, { name: 'http', nodePort: 30080 }), tcp(30081, { name: 'high', nodePort: 30082 })],
});
const other = service('other', { ip: '10.96.0.11', type: 'NodePort', ports: [tcp(80, { nodePort: 30081 })] });
const own = service('own', { ip: '10.96.0.12', externalIPs: [NODE.v4], ports: [tcp(8443)] });

export default scenario({
  name: "a VIP or external IP that is the node's own address takes the ports that it claims, and no others",
  why: 'Source behaviour: addresses of Services are looked at before node ports, and what is matched there never falls through to these; ports of the node that nobody claims stay its own.',
  objects: [
    web,
    slice('web', ['pod-a', 'remote-a'], {
      ports: [
        { name: 'http', protocol: 'TCP', port: 8080 },
        { name: 'high', protocol: 'TCP', port: 8081 },
      ],
    }),
    other,
    slice('other', ['remote-b']),
  ],
  steps: [
    ...['client', 'pod-b', 'node'].map(from => reaches(from, `${NODE.v4}:80`, ['pod-a', 'remote-a'])),
    reaches('client', `${NODE.v4}:30080`, ['pod-a:8080', 'remote-a:8080']),
    reaches('client', `${NODE.v4}:30081`, ['pod-a:8081', 'remote-a:8081']),
    reaches('client', `${NODE.v4}:8443`, 'node-host:8443'),
    apply(own),
    fails('client', `${NODE.v4}:8443`, 'refused'),
    reaches('client', `${NODE.v4}:8080`, 'node-host:8080'),
    apply(slice('own', ['pod-a'])),
    reaches('client', `${NODE.v4}:8443`, 'pod-a:8080'),
    remove(own, web),
    reaches('client', `${NODE.v4}:8443`, 'node-host:8443'),
    reaches('client', `${NODE.v4}:30081`, 'remote-b'),
  ],
});
