import { api, apply, patch, reaches, remove, scenario, service, slice } from '../../builders.ts';

const web = service('web', { ip: '10.96.0.10' });
const old = service('old', { ip: '10.96.0.12' });

export default scenario({
  name: 'what cannot be had of one resource holds up nothing of the others',
  why: 'Services, slices, ServiceCIDRs and the Node come by watches of their own. While one of them fails, the others are followed, and what it told before stays in force; afterwards nothing was missed.',
  objects: [web, slice('web', ['pod-a']), old, slice('old', ['pod-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    api.fail({ code: 503, count: 1000, resource: 'services' }),
    api.dropWatches(),
    apply(slice('web', ['remote-a'])),
    reaches('pod-b', '10.96.0.10:80', 'remote-a'),
    remove(old),
    apply(service('new', { ip: '10.96.0.11' }), slice('new', ['pod-a'])),
    reaches('pod-b', '10.96.0.12:80', 'pod-a', { stable: true }),
    api.heal(),
    reaches('pod-b', '10.96.0.11:80', 'pod-a', { within: 40 }),
    api.fail({ code: 500, count: 1000, resource: 'endpointslices' }),
    api.expire(),
    api.dropWatches(),
    patch(web, { spec: { externalIPs: ['203.0.113.30'] } }),
    reaches('client', '203.0.113.30:80', 'remote-a'),
    apply(slice('web', ['pod-a'])),
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { stable: true }),
    api.heal(),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { within: 40 }),
  ],
});
