import { api, reaches, scenario, service, slice, spread } from '../../builders.ts';

export default scenario({
  name: 'a Service that asks for a scheduler that the kernel lacks is forwarded by the common one',
  why: 'One Service must not stop the others, and whoever asked is told by an Event.',
  needs: ['ipvs'],
  objects: [
    service('web', { ip: '10.96.0.10', annotations: { 'sluice/ipvs-scheduler': 'nosuch' } }),
    slice('web', ['pod-a', 'remote-a']),
    service('other', { ip: '10.96.0.11' }),
    slice('other', ['pod-a']),
  ],
  steps: [
    spread('pod-b', '10.96.0.10:80', { shares: { 'pod-a': 5, 'remote-a': 5 }, inTurns: true }),
    reaches('pod-b', '10.96.0.11:80', 'pod-a'),
    api.requests('>=', 1, { verb: 'create', resource: 'events' }),
  ],
});
