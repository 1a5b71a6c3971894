import { reaches, restartProxy, runBeside, scenario, service, slice, stopProxy, tamper } from '../../builders.ts';
import { nft } from '../../foreign-writer.ts';

export default scenario({
  name: 'diff tells what others have changed while nobody repairs it, and nothing once it is repaired',
  why: 'Who looks for the reason of a failure needs to know what is not as it should be, before a restart puts it right.',
  needs: ['nftables'],
  config: { sluice: { monitorTables: false, verifyPeriod: '10m' } },
  objects: [
    service('web', { ip: '10.96.0.10' }),
    slice('web', ['pod-a']),
    service('other', { ip: '10.96.0.20' }),
    slice('other', ['pod-b']),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    runBeside(['diff'], { prints: '' }),
    nft(
      'delete element ip kube-proxy services { 10.96.0.10 . tcp . 80 }',
      'add element ip kube-proxy cluster-ips { 10.96.99.99 }',
      'flush chain ip kube-proxy nat-output',
    ),
    runBeside(['diff'], {
      exit: 1,
      prints: `# table ip kube-proxy
+ rule ip kube-proxy nat-output jump dispatch
# Service default/web
+ element ip kube-proxy services { 10.96.0.10 . tcp . 80 : goto cluster-tcp-1 }
# of no Service
- element ip kube-proxy cluster-ips { 10.96.99.99 }
`,
    }),
    restartProxy(),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    runBeside(['diff'], { prints: '' }),
    // Nor does it need a proxy.
    stopProxy(),
    runBeside(['diff'], { prints: '' }),
    tamper('nft delete table ip6 kube-proxy'),
    runBeside(['diff', '-o', 'json'], { exit: 1 }),
    runBeside(['diff', '-f', '/does/not/exist'], { exit: 2, prints: '' }),
    runBeside(['diff', '--master=http://127.0.0.1:nonsense'], { exit: 2, prints: '' }),
  ],
});
