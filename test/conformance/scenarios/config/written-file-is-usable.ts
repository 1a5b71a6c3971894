import {
  fails,
  http,
  NODE,
  reaches,
  runProxy,
  scenario,
  service,
  slice,
  startProxy,
  tamper,
  tcp,
} from '../../builders.ts';
import { access, erase, file, flags, using } from '../../operator.ts';

const path = file('written.yaml');
const second = '192.168.100.21';

export default scenario({
  name: 'what --write-config-to writes is a configuration file that means the same',
  why: 'Options.Run writes the settings in effect, defaults and flags included, as a KubeProxyConfiguration of v1alpha1; operators turn flags into a file by it.',
  needs: ['nftables'],
  start: false,
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a', 'remote-a']),
  ],
  steps: [
    access(),
    tamper(`ip addr add ${second}/32 dev lo`),
    runProxy(
      flags(
        '--masquerade-all',
        `--nodeport-addresses=${second}/32`,
        '--metrics-bind-address=0.0.0.0:10249',
        `--write-config-to=${path}`,
      ),
    ),
    tamper(`grep -q '^kind: KubeProxyConfiguration' '${path}' && grep -q 'masqueradeAll: true' '${path}'`),
    startProxy({ args: using(path) }),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { source: 'masqueraded' }),
    reaches('client', `${second}:30080`, ['pod-a', 'remote-a']),
    fails('client', `${NODE.v4}:30080`, 'refused'),
    http({
      from: 'client',
      url: `http://${NODE.v4}:10249/proxyMode`,
      expect: { status: 200, bodyIncludes: 'nftables' },
    }),
    erase(path),
  ],
});
