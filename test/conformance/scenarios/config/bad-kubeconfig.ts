import { runProxy, scenario, startProxy } from '../../builders.ts';
import { erase, file, kubeconfig, settings, using, write } from '../../operator.ts';

const path = file('bad-kubeconfig.yaml');
const own = file('bad-kubeconfig');
const withOwn = settings({ clientConnection: { kubeconfig: own } });
const fails = (text: string) => [write(own, text), runProxy(using(path), { exit: 1 })];

export default scenario({
  name: 'a kubeconfig that is missing or of no use ends the proxy with status 1',
  why: 'Source behaviour of createClient: a named kubeconfig must be there, must parse and must name a server; none at all is good only inside of a cluster.',
  needs: ['nftables'],
  start: false,
  steps: [
    write(path, withOwn),
    runProxy(using(path), { exit: 1 }),
    ...fails('this: [is not'),
    ...fails(''),
    ...fails(kubeconfig().replace('current-context: conformance', 'current-context: nowhere')),
    ...fails(kubeconfig().replace('cluster: conformance', 'cluster: nowhere')),
    ...fails(kubeconfig().replace('current-context: conformance', '')),
    write(path, settings({ clientConnection: { kubeconfig: '' } })),
    runProxy(using(path), { exit: 1 }),
    write(own, kubeconfig()),
    write(path, withOwn),
    startProxy({ args: using(path) }),
    erase(path, own),
  ],
});
