import {
  apply,
  NODE,
  PEER,
  remove,
  scenario,
  service,
  settle,
  sleep,
  slice,
  tamper,
  target,
  udp,
  udpFlow,
} from '../../builders.ts';
import { erase, file } from '../../operator.ts';

const dns = service('dns', {
  ip: '10.96.0.10',
  type: 'NodePort',
  ports: [udp(53, { name: 'dns', nodePort: 5353 }), udp(54, { name: 'log', nodePort: 30054 })],
});
const ports = (...numbers: number[]) => ({
  ports: numbers.map((number, i) => target(number, { name: i ? 'log' : 'dns', protocol: 'UDP' as const })),
});
const noted = file('udp-others');
/** All but those to the one frontend that loses its endpoint, and what an answer leaves that was on its way when its flow was cut. */
const entries = `conntrack -L -p udp -o id 2>/dev/null | grep 'dport=\\(5353\\|54\\|8081\\|30054\\) ' | grep -v -e UNREPLIED -e 'dst=${NODE.v4} .*dport=5353 ' | grep -o 'id=[0-9]*' | sort`;
const same = tamper(`${entries} | diff '${noted}' -`);

export default scenario({
  name: 'clean-up of UDP flows takes exactly those that point to a gone endpoint',
  why: 'Flows past the Services, of other Services and of other ports at the same address stay (TestCleanStaleEntries); and, unlike in kube-proxy, those to other hosts whose port is the number of a node port.',
  objects: [
    dns,
    slice('dns', ['pod-a'], ports(5353, 8081)),
    service('other', { ip: '10.96.0.11', ports: [udp(54, { name: 'dns' })] }),
    slice('other', ['pod-a', 'remote-a'], ports(5353)),
  ],
  steps: [
    udpFlow('moves', { from: 'pod-b', to: '10.96.0.10:53', expect: { backends: ['pod-a:5353'] } }),
    udpFlow('moves by node port', { from: 'client', to: `${NODE.v4}:5353`, expect: { backends: ['pod-a:5353'] } }),
    udpFlow('other port', { from: 'pod-b', to: '10.96.0.10:54', expect: { backends: ['pod-a:8081'] } }),
    udpFlow('other node port', { from: 'client', to: `${NODE.v4}:30054`, expect: { backends: ['pod-a:8081'] } }),
    udpFlow('other Service', { from: 'pod-b', to: '10.96.0.11:54' }),
    udpFlow('to the pod itself', { from: 'pod-b', to: '10.244.1.10:5353' }),
    udpFlow('to another host', { from: 'pod-b', to: `${PEER.v4}:5353` }),
    udpFlow('to the node', { from: 'client', to: `${NODE.v4}:8081` }),
    settle(),
    tamper(`${entries} > '${noted}'; test "$(wc -l < '${noted}')" = 6`),
    apply(slice('dns', ['pod-a'], ports(9090, 8081))),
    udpFlow('moves', { expect: { backends: ['pod-a:9090'] }, stable: true }),
    udpFlow('moves by node port', { expect: { backends: ['pod-a:9090'] }, stable: true }),
    sleep(1.2),
    same,
    apply(
      slice('dns', ['remote-a'], ports(5353, 8081)),
      slice('dns', ['pod-a'], { ...ports(9090, 8081), name: 'more' }),
    ),
    udpFlow('moves', { expect: { backends: ['pod-a:9090'] }, stable: true }),
    same,
    remove(slice('dns', [], { name: 'more' }), slice('other', [])),
    udpFlow('moves', { expect: { backends: ['remote-a:5353'] }, stable: true }),
    udpFlow('other Service', { expect: 'refused', stable: true }),
    udpFlow('to the pod itself', { stable: true, within: 0 }),
    udpFlow('to another host', { stable: true, within: 0 }),
    erase(noted),
  ],
});
