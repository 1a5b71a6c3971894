import { api, restartProxy, scenario, service, slice, sleep } from '../../builders.ts';

const told = (count: number) => api.requests('==', count, { verb: 'create', resource: 'events' });

export default scenario({
  name: 'each start is told as one event of the Node',
  why: 'Source behaviour: kube-proxy records the Normal event Starting once a process, whatever Services there are.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [told(1), sleep(1), told(1), restartProxy(), told(2)],
});
