import {
  apply,
  clientIP,
  CLIENTS,
  metric,
  reaches,
  remove,
  restartProxy,
  runBeside,
  scenario,
  service,
  settle,
  slice,
  sticky,
  tcp,
} from '../../builders.ts';
import { deleteElements } from '../../foreign-writer.ts';

const same = runBeside(['diff'], { prints: '' });

export default scenario({
  name: 'diff finds nothing beside a proxy that is in step, whatever clients and changes have left in the kernel',
  why: 'Pins of clients, counters and chains that wait to be removed are no differences, nor is what is just being written or repaired.',
  needs: ['nftables'],
  objects: [
    service('web', { ip: '10.96.0.10', ...clientIP() }),
    slice('web', ['pod-a', 'remote-a', 'remote-b']),
    service('ports', { type: 'NodePort', ip: '10.96.0.20', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('ports', ['pod-a', 'pod-b']),
    service('none', { ip: '10.96.0.30' }),
  ],
  steps: [
    sticky({ from: CLIENTS, to: '10.96.0.10:80', distinct: 2, as: 'first' }),
    reaches('client', '192.168.100.1:30080', ['pod-a', 'pod-b']),
    same,
    // It tries out what nft can do, and changes nothing by that.
    metric('sluice_foreign_transactions_total', '==', 0),
    runBeside(['diff', '-o', 'json'], { prints: '{"differences":[]}\n' }),
    apply(slice('web', ['remote-a', 'remote-b']), slice('ports', [])),
    same,
    settle(),
    same,
    remove(service('web', { ip: '10.96.0.10', ...clientIP() }), slice('web', ['remote-a', 'remote-b'])),
    same,
    apply(service('web', { ip: '10.96.0.10', ...clientIP() }), slice('web', ['pod-a', 'remote-a', 'remote-b'])),
    apply(slice('ports', ['pod-a', 'pod-b'])),
    same,
    // Repaired before it is looked at a second time.
    deleteElements('10.96.0.20'),
    same,
    restartProxy(),
    same,
  ],
});
