import { apply, draining, notReady, reaches, scenario, service, settle, slice, traffic } from '../../builders.ts';
import type { DescribedEndpoint } from '../../builders.ts';

const web = (...endpoints: (string | DescribedEndpoint)[]) => slice('web', endpoints);

export default scenario({
  name: 'switching from blue to green loses no connection, and blue gets nothing new',
  why: 'e2e "should be able to have zero downtime on a Blue Green deployment using Services and Readiness Gates": only the readiness of two running pods changes.',
  objects: [service('web', { ip: '10.96.0.10' }), web('pod-a', notReady('remote-a'))],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { attempts: 20 }),
    traffic.start('new', { from: 'pod-b', to: '10.96.0.10:80', period: 5 }),
    apply(web('pod-a', 'remote-a')),
    settle(),
    apply(web(notReady('pod-a'), 'remote-a')),
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { attempts: 20 }),
    apply(web(draining('pod-a'), 'remote-a')),
    settle(),
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { attempts: 20, within: 0 }),
    apply(web('remote-a')),
    settle(),
    traffic.stop('new', { atLeast: 100 }),
  ],
});
