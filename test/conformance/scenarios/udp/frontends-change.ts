import { NODE, patch, scenario, service, settle, sleep, slice, tamper, target, udp, udpFlow } from '../../builders.ts';
import { erase, file } from '../../operator.ts';

const ports = [target(5353, { name: 'dns', protocol: 'UDP' }), target(8081, { name: 'log', protocol: 'UDP' })];
const [dnsPort, logPort] = [udp(53, { name: 'dns', nodePort: 30053 }), udp(514, { name: 'log', nodePort: 30514 })];
const dns = service('dns', {
  ip: '10.96.0.10',
  type: 'LoadBalancer',
  vips: ['203.0.113.20'],
  externalIPs: ['203.0.113.30'],
  ports: [dnsPort, logPort],
});
const flow = (name: string, from: string, to: string) => udpFlow(name, { from, to });
const ended = (name: string, expect: 'unreachable' | 'refused') => udpFlow(name, { expect, stable: true });
const noted = file('udp-frontends-change');
/** The very entries, by their ids: a flow that was cut and came back would have another one. */
const entries = `{ conntrack -L -p udp -d 10.96.0.10 --dport 53 -o id; conntrack -L -p udp -d ${NODE.v4} --dport 30053 -o id; } 2>/dev/null | grep -o 'id=[0-9]*' | sort`;

export default scenario({
  name: 'UDP flows of a VIP, external IP, port or node port that is taken away end; the others are not touched',
  why: 'Clean-up goes by what was changed: each address and port of a Service by itself, and of these exactly the flows that nobody serves any more.',
  objects: [dns, slice('dns', ['pod-a', 'remote-a'], { ports })],
  steps: [
    flow('cluster ip', 'pod-b', '10.96.0.10:53'),
    flow('node port', 'client', `${NODE.v4}:30053`),
    flow('vip', 'client', '203.0.113.20:53'),
    flow('external ip', 'client', '203.0.113.30:53'),
    flow('port', 'pod-b', '10.96.0.10:514'),
    flow('other node port', 'client', `${NODE.v4}:30514`),
    settle(),
    sleep(1.5),
    tamper(`${entries} > '${noted}'; test "$(wc -l < '${noted}')" = 2`),
    patch(dns, { status: { loadBalancer: { ingress: null } } }),
    ended('vip', 'unreachable'),
    patch(dns, { spec: { externalIPs: null } }),
    ended('external ip', 'unreachable'),
    patch(dns, { spec: { ports: [dnsPort, { ...logPort, nodePort: 30515 }] } }),
    ended('other node port', 'refused'),
    udpFlow('port', { stable: true, within: 0 }),
    patch(dns, { spec: { ports: [dnsPort] } }),
    ended('port', 'refused'),
    udpFlow('cluster ip', { stable: true, within: 0 }),
    udpFlow('node port', { stable: true, within: 0 }),
    tamper(`${entries} | diff '${noted}' -`),
    erase(noted),
  ],
});
