import {
  draining,
  ep,
  NODE,
  restartProxy,
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

const ports = [target(5353, { protocol: 'UDP' })];
const flow = (name: string, from: string, to: string) => udpFlow(name, { from, to });
const noted = file('udp-restart');
const entries = `{ conntrack -L -p udp -o id; conntrack -L -f ipv6 -p udp -o id; } 2>/dev/null | grep 'dport=\\(53\\|30053\\|5353\\|8081\\) ' | grep -o 'id=[0-9]*' | sort -u`;
const same = [tamper(`${entries} | diff '${noted}' -`)];

export default scenario({
  name: 'a restart where nothing changed touches no UDP flow',
  why: 'On the first sync every Service counts as changed (E-47), and each flow that somebody serves must be found to be right: of draining endpoints, of addresses written otherwise, past the Services.',
  needs: ['ipv6'],
  objects: [
    service('dns', { ip: ['10.96.0.10', 'fd00:10:96::10'], type: 'NodePort', ports: [udp(53, { nodePort: 30053 })] }),
    slice('dns', ['pod-a', 'remote-a'], { ports }),
    slice('dns', [ep('pod-a', { addresses: ['FD00:10:244:1:0::10'] }), 'remote-a'], { ports, family: 'v6' }),
    service('old', { ip: '010.096.000.011', ports: [udp(53)] }),
    slice('old', [ep('pod-a', { addresses: ['010.244.001.010'] }), 'remote-a'], { ports }),
    service('drains', { ip: '10.96.0.12', ports: [udp(53)] }),
    slice('drains', [draining('pod-a'), draining('remote-a')], { ports }),
  ],
  steps: [
    flow('cluster ip', 'pod-b', '10.96.0.10:53'),
    flow('from the node', 'node', '10.96.0.10:53'),
    flow('node port', 'client', `${NODE.v4}:30053`),
    flow('cluster ip v6', 'pod-b', '[fd00:10:96::10]:53'),
    flow('node port v6', 'client', `[${NODE.v6}]:30053`),
    flow('other spelling', 'pod-b', '10.96.0.11:53'),
    flow('draining', 'pod-b', '10.96.0.12:53'),
    flow('to a pod', 'pod-b', '10.244.2.10:5353'),
    flow('to the node', 'client', `${NODE.v4}:8081`),
    settle(),
    tamper(`${entries} > '${noted}'; test "$(wc -l < '${noted}')" = 9`),
    restartProxy(),
    sleep(1.5),
    ...same,
    restartProxy('SIGKILL'),
    sleep(1.5),
    ...same,
    udpFlow('cluster ip', { stable: true, within: 0 }),
    erase(noted),
  ],
});
