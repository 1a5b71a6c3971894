import { metric, reaches, scenario, service, slice, sleep, tamper } from '../../builders.ts';
import { file } from '../../operator.ts';

const PID = file('second-writer');
const STOP = `kill "$(cat '${PID}')"; rm '${PID}'`;

export default scenario({
  name: 'where somebody keeps writing to the tables, repairs are held back and the operator is told',
  why: 'Two proxies that undo each other’s work at once would do nothing else, and starve the node.',
  needs: ['nftables'],
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    tamper(
      `for i in $(seq 1 200); do nft 'flush chain ip kube-proxy nat-prerouting' 2>/dev/null; sleep 0.05; done >/dev/null 2>&1 & echo $! > '${PID}'`,
    ),
    metric('sluice_tables_contested', '==', 1),
    sleep(8),
    // Without holding back it would be some hundred.
    metric('sluice_reconcile_wakeups_total', '<=', 25, { labels: { reason: 'drift' } }),
    metric('sluice_reconcile_wakeups_total', '>=', 10, { labels: { reason: 'drift' } }),
    tamper(STOP),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { within: 32 }),
  ],
});
