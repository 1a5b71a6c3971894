import {
  apply,
  NODE,
  reaches,
  remove,
  scenario,
  service,
  sleep,
  slice,
  startProxy,
  tamper,
  target,
  udp,
  udpFlow,
} from '../../builders.ts';
import { erase, failsWhile, file, nftThat } from '../../operator.ts';

/** An nft that fails while a file is there. */
const [nft, broken] = [file('udp-nft'), file('udp-nft-is-broken')];
const ports = [target(5353, { protocol: 'UDP' })];
const gone = service('gone', { ip: '10.96.0.11', ports: [udp(53)] });

export default scenario({
  name: 'UDP flows are cleaned up after a sync that failed at first',
  why: 'kube-proxy 1.36.2 forgets, when a sync fails, that a UDP endpoint has gone: the next one succeeds, and the flows stay with the dead endpoint.',
  needs: ['nftables'],
  config: { nftables: { syncPeriod: '1s' }, sluice: { nftPath: nft } },
  start: false,
  objects: [
    service('dns', { ip: '10.96.0.10', type: 'NodePort', ports: [udp(53, { nodePort: 30053 })] }),
    slice('dns', ['pod-a'], { ports }),
    gone,
    slice('gone', ['pod-a'], { ports }),
  ],
  steps: [
    erase(broken),
    nftThat(nft, failsWhile(broken)),
    startProxy(),
    udpFlow('cluster ip', { from: 'pod-b', to: '10.96.0.10:53', expect: { backends: ['pod-a'] } }),
    udpFlow('node port', { from: 'client', to: `${NODE.v4}:30053`, expect: { backends: ['pod-a'] } }),
    udpFlow('gone', { from: 'pod-b', to: '10.96.0.11:53', expect: { backends: ['pod-a'] } }),
    tamper(`touch '${broken}'`),
    apply(slice('dns', ['remote-a'], { ports })),
    remove(gone),
    sleep(1.5),
    reaches('pod-b', '10.96.0.10:53', 'pod-a', { proto: 'udp', within: 0 }),
    erase(broken),
    udpFlow('cluster ip', { expect: { backends: ['remote-a'] }, stable: true }),
    udpFlow('node port', { expect: { backends: ['remote-a'] }, stable: true }),
    udpFlow('gone', { expect: 'unreachable', stable: true }),
    erase(nft),
  ],
});
