import { longConnection, metric, reaches, scenario, service, sleep, slice, traffic } from '../../builders.ts';
import { deleteElements } from '../../foreign-writer.ts';

export default scenario({
  name: 'elements of one Service that somebody deletes are back within a second; no other Service notices',
  why: 'Repair writes what differs and nothing else: connections to others go on, and new ones do not fail.',
  needs: ['nftables'],
  objects: [
    service('web', { ip: '10.96.0.10' }),
    slice('web', ['pod-a']),
    service('other', { ip: '10.96.0.20' }),
    slice('other', ['pod-a', 'remote-a']),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    longConnection('old', { from: 'pod-b', to: '10.96.0.20:80' }),
    traffic.start('new', { from: 'pod-b', to: '10.96.0.20:80', period: 10 }),
    deleteElements('10.96.0.10'),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { within: 1 }),
    // The repair takes 20 ms; that it hurts nobody shows in what follows, too.
    sleep(0.5),
    traffic.stop('new'),
    longConnection('old'),
    metric('sluice_drift_repaired_total', '>=', 2),
  ],
});
