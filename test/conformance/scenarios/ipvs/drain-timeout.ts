import { apply, longConnection, reaches, scenario, service, settle, slice, tamper } from '../../builders.ts';

const ROUTE = { from: 'pod-b', to: '10.96.0.10:80' };
const REMOTE = '10.244.2.10:8080';

export default scenario({
  name: 'with ipvs.drainTimeout an endpoint that is gone keeps its TCP connections for so long, and no longer',
  why: 'For those who would rather wait than have connections end; kube-proxy waits without end.',
  needs: ['ipvs'],
  config: { ipvs: { drainTimeout: '60s' } },
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['remote-a'])],
  steps: [
    longConnection('open', ROUTE),
    apply(slice('web', ['pod-a'])),
    reaches('pod-b', ROUTE.to, 'pod-a', { stable: true }),
    longConnection('open', { within: 0 }),
    tamper(`ipvsadm -Sn | grep -q -- '-r ${REMOTE} -m -w 0'`),
    // Without a connection there is nothing to wait for.
    apply(service('idle', { ip: '10.96.0.11' }), slice('idle', ['pod-a', 'remote-a'])),
    reaches('pod-b', '10.96.0.11:80', ['pod-a', 'remote-a'], { attempts: 4 }),
    longConnection('open', { expect: ['reset', 'closed'], within: 90 }),
    settle(),
    tamper(`! ipvsadm -Sn | grep -- '-t ${ROUTE.to} -r ${REMOTE}'`),
  ],
});
