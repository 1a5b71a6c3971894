import { apply, fails, reaches, scenario, service, sleep, slice } from '../../builders.ts';

const web = (i: number) => apply(service(`svc-${i}`, { ip: `10.96.0.${i}` }));

export default scenario({
  name: 'after a pause a change is programmed at once, the next one only after minSyncPeriod',
  why: 'TestLoadConfig and the bounded frequency runner: minSyncPeriod holds back the sync after a sync, so that bursts are taken together, but not the first one.',
  needs: ['nftables'],
  config: { nftables: { minSyncPeriod: '4s', syncPeriod: '10s' } },
  objects: [11, 12, 13].map(i => slice(`svc-${i}`, ['pod-a'])),
  steps: [
    sleep(9),
    web(11),
    reaches('pod-b', '10.96.0.11:80', 'pod-a', { within: 1.5 }),
    web(12),
    fails('pod-b', '10.96.0.12:80', 'unreachable', { within: 0 }),
    web(13),
    reaches('pod-b', '10.96.0.12:80', 'pod-a', { within: 6 }),
    reaches('pod-b', '10.96.0.13:80', 'pod-a', { within: 0.5 }),
  ],
});
