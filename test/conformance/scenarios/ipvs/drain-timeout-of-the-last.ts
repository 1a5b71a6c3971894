import { apply, fails, longConnection, reaches, scenario, service, settle, slice, tamper } from '../../builders.ts';

const ROUTE = { from: 'pod-b', to: '10.96.0.10:80' };

export default scenario({
  name: 'with ipvs.drainTimeout the last endpoint of a Service keeps its TCP connections, too, and its virtual server goes after it',
  why: 'A Deployment that is scaled to nothing ends no earlier than one that is scaled down.',
  needs: ['ipvs'],
  config: { ipvs: { drainTimeout: '60s' } },
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['remote-a'])],
  steps: [
    longConnection('open', ROUTE),
    apply(slice('web', [])),
    fails('pod-b', ROUTE.to, 'refused'),
    longConnection('open', { within: 0 }),
    tamper(`ipvsadm -Sn | grep -q -- '-t ${ROUTE.to} -r 10.244.2.10:8080 -m -w 0'`),
    longConnection('open', { expect: ['reset', 'closed'], within: 90 }),
    settle(),
    tamper(`! ipvsadm -Sn | grep -- '-t ${ROUTE.to}'`),
    apply(slice('web', ['pod-a'])),
    reaches('pod-b', ROUTE.to, 'pod-a', { stable: true }),
  ],
});
