import {
  http,
  metric,
  NODE,
  reaches,
  scenario,
  service,
  slice,
  startProxy,
  tamper,
  tcp,
  traffic,
} from '../../builders.ts';
import { access, erase, file, settings, using, write } from '../../operator.ts';

const path = file('reload.yaml');
const viaCluster = (source: 'preserved' | 'masqueraded') => reaches('pod-b', '10.96.0.10:80', 'pod-a', { source });
const shown = (part: object) =>
  http({
    from: 'node',
    url: 'http://127.0.0.1:10249/configz',
    expect: { status: 200, json: { 'kubeproxy.config.k8s.io': part } },
  });

export default scenario({
  name: 'settings that can change while the proxy runs take effect when the configuration file changes, without a gap',
  why: 'kube-proxy ends itself at any change of the file; what can be taken in need not cost a restart.',
  needs: ['nftables'],
  start: false,
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a']),
  ],
  steps: [
    access(),
    write(path, settings({ nodePortAddresses: ['127.0.0.0/8'] })),
    startProxy({ args: using(path) }),
    viaCluster('preserved'),
    traffic.start('all the time', { from: 'pod-b', to: '10.96.0.10:80' }),
    // Written in place.
    write(path, settings({ nodePortAddresses: ['127.0.0.0/8'], nftables: { masqueradeAll: true } })),
    viaCluster('masqueraded'),
    shown({ nftables: { masqueradeAll: true } }),
    // Renamed over.
    write(`${path}.new`, settings({ nodePortAddresses: [`${NODE.v4}/32`] })),
    tamper(`mv '${path}.new' '${path}'`),
    reaches('client', `${NODE.v4}:30080`, 'pod-a'),
    viaCluster('preserved'),
    shown({ nodePortAddresses: [`${NODE.v4}/32`] }),
    // And once more, so that the file after a rename is watched, too.
    write(path, settings({ nodePortAddresses: [`${NODE.v4}/32`], nftables: { masqueradeAll: true } })),
    viaCluster('masqueraded'),
    metric('sluice_configuration_reloads_total', '==', 3, { labels: { result: 'applied' } }),
    traffic.stop('all the time'),
    erase(path),
  ],
});
