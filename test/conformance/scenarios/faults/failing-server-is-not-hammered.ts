import { api, apply, reaches, scenario, service, sleep, slice } from '../../builders.ts';

export default scenario({
  name: 'a failing API server is not hammered',
  why: 'Retries back off (client-go: from 0.8 s, doubling), so that a struggling server can recover; 60 requests in 6 s is very generous.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    api.fail({ code: 500, count: 1_000_000 }),
    api.expire(),
    sleep(6),
    api.requests('<=', 60, { last: 6, within: 0 }),
    api.heal(),
    apply(slice('web', ['remote-a'])),
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { within: 40 }),
  ],
});
