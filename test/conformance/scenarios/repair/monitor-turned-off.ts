import { fails, metric, reaches, scenario, service, slice } from '../../builders.ts';
import { nft } from '../../foreign-writer.ts';

export default scenario({
  name: 'with monitorTables: false what others change is repaired at the next comparison only',
  why: 'Where another program is meant to change the tables for a while, the operator can turn repairs off.',
  needs: ['nftables'],
  config: { sluice: { monitorTables: false, verifyPeriod: '6s' } },
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    metric('sluice_monitor_up', '==', 0),
    nft('flush ruleset'),
    fails('pod-b', '10.96.0.10:80', 'unreachable', { within: 2 }),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { within: 8 }),
    metric('sluice_foreign_transactions_total', '==', 0),
  ],
});
