import { apply, fails, NODE, reaches, scenario, service, slice, target, tcp, udp } from '../../builders.ts';
import type { Failing, ServiceOptions } from '../../builders.ts';

const PORTS = { tcp, udp };
type Proto = keyof typeof PORTS;
const web = (
  proto: Proto,
  { nodePort, number = 80, ...more }: ServiceOptions & { nodePort?: number; number?: number } = {},
) =>
  service(proto, {
    ip: proto === 'tcp' ? '10.96.0.11' : '10.96.0.12',
    ports: [PORTS[proto](number, { nodePort })],
    ...more,
  });
const vip = { tcp: '203.0.113.21', udp: '203.0.113.22' };

/** The same life for TCP and for UDP. */
const life = (proto: Proto) => {
  const answers = (from: string, to: string) => reaches(from, to, ['pod-a', 'remote-a'], { proto });
  const not = (from: string, to: string, how: Failing) => fails(from, to, how, { proto });
  const ip = proto === 'tcp' ? '10.96.0.11' : '10.96.0.12';
  return [
    answers('pod-b', `${ip}:80`),
    not('client', `${NODE.v4}:30080`, 'refused'),
    apply(web(proto, { type: 'NodePort', nodePort: 30080 })),
    answers('client', `${NODE.v4}:30080`),
    apply(web(proto, { type: 'NodePort', nodePort: 30081 })),
    answers('client', `${NODE.v4}:30081`),
    not('client', `${NODE.v4}:30080`, 'refused'),
    apply(web(proto, { type: 'LoadBalancer', nodePort: 30081, vips: [vip[proto]] })),
    answers('client', `${vip[proto]}:80`),
    answers('client', `${NODE.v4}:30081`),
    apply(web(proto, { type: 'LoadBalancer', nodePort: 30081, number: 81, vips: [vip[proto]] })),
    answers('client', `${vip[proto]}:81`),
    answers('client', `${NODE.v4}:30081`),
    not('client', `${vip[proto]}:80`, 'unreachable'),
    apply(web(proto, { number: 81 })),
    not('client', `${NODE.v4}:30081`, 'refused'),
    not('client', `${vip[proto]}:81`, 'unreachable'),
    answers('pod-b', `${ip}:81`),
  ];
};

export default scenario({
  name: 'a Service goes from ClusterIP over NodePort to LoadBalancer and back, with other ports on the way',
  why: 'e2e "should be able to change the type and ports of a TCP service" and "… of a UDP service".',
  objects: [
    web('tcp'),
    slice('tcp', ['pod-a', 'remote-a']),
    web('udp'),
    slice('udp', ['pod-a', 'remote-a'], { ports: [target(8080, { protocol: 'UDP' })] }),
  ],
  steps: [...life('tcp'), ...life('udp')],
});
