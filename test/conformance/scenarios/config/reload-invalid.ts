import {
  apply,
  metric,
  reaches,
  readyz,
  scenario,
  service,
  slice,
  startProxy,
  tamper,
  traffic,
} from '../../builders.ts';
import { access, erase, file, settings, using, write } from '../../operator.ts';

const path = file('reload-invalid.yaml');
const isRefused = [metric('sluice_configuration_valid', '==', 0), readyz({ status: 503 })];
const isAccepted = [metric('sluice_configuration_valid', '==', 1), readyz({ status: 200 })];
const right = settings();

export default scenario({
  name: 'a configuration file that is changed into one that is not valid changes nothing, and is complained of',
  why: 'kube-proxy ends itself at any change, and does not start again: a typing error takes down every node.',
  needs: ['nftables'],
  start: false,
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    access(),
    write(path, right),
    startProxy({ args: using(path) }),
    ...isAccepted,
    traffic.start('all the time', { from: 'pod-b', to: '10.96.0.10:80' }),
    write(path, settings({ nodePortAddresses: ['everywhere'] })),
    ...isRefused,
    write(path, right),
    ...isAccepted,
    // What would ask for a restart is not even looked at.
    write(path, settings({ metricsBindAddress: 'nowhere', healthzBindAddress: '127.0.0.1:1' })),
    ...isRefused,
    write(path, 'kind: [KubeProxyConfiguration'),
    ...isRefused,
    write(path, settings({ clientConnection: { kubeconfig: '/does/not/exist' } })),
    ...isRefused,
    tamper(`: > '${path}'`),
    ...isRefused,
    erase(path),
    ...isRefused,
    // The proxy does its work as before.
    apply(slice('web', ['remote-a'])),
    reaches('pod-b', '10.96.0.10:80', 'remote-a'),
    write(path, right),
    ...isAccepted,
    traffic.stop('all the time'),
    erase(path),
  ],
});
