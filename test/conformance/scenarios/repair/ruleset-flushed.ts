import { longConnection, metric, reaches, scenario, service, slice } from '../../builders.ts';
import { nft } from '../../foreign-writer.ts';

export default scenario({
  name: 'after "nft flush ruleset" all is back within a second, and no connection breaks',
  why: 'A firewall that is restarted flushes the ruleset: nobody should have to notice. kube-proxy waits for the next change.',
  needs: ['nftables', 'ipv6'],
  objects: [
    service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'] }),
    slice('web', ['pod-a']),
    slice('web', ['pod-a'], { family: 'v6' }),
  ],
  steps: [
    longConnection('old', { from: 'pod-b', to: '10.96.0.10:80', expect: { backends: ['pod-a'] } }),
    reaches('pod-b', '[fd00:10:96::10]:80', 'pod-a'),
    nft('flush ruleset'),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { within: 1 }),
    reaches('pod-b', '[fd00:10:96::10]:80', 'pod-a', { within: 1 }),
    longConnection('old'),
    metric('sluice_foreign_transactions_total', '>=', 2),
    metric('sluice_drift_repaired_total', '>=', 4),
  ],
});
