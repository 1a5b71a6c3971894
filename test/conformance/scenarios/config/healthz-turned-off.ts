import { apply, http, NODE, reaches, scenario, service, slice, startProxy } from '../../builders.ts';
import { access, flags } from '../../operator.ts';

export default scenario({
  name: 'without /healthz the proxy works all the same',
  why: 'TestAddressFromDeprecatedFlags: --healthz-port=0 turns the server off.',
  needs: ['nftables'],
  start: false,
  objects: [
    service('web', { ip: '10.96.0.10', type: 'LoadBalancer', vips: ['203.0.113.20'] }),
    slice('web', ['pod-a']),
  ],
  steps: [
    access(),
    startProxy({ args: flags('--healthz-port=0'), wait: false }),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { within: 20 }),
    reaches('client', '203.0.113.20:80', 'pod-a'),
    apply(slice('web', ['remote-a'])),
    reaches('pod-b', '10.96.0.10:80', 'remote-a'),
    http({ from: 'client', url: `http://${NODE.v4}:10256/healthz`, expect: { error: 'refused' } }),
  ],
});
