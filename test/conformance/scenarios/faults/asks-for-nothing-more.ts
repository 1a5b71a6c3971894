import { api, apply, patch, reaches, node, scenario, service, settle, slice } from '../../builders.ts';

export default scenario({
  name: 'the proxy lists and watches four resources, writes events, and asks for nothing else',
  why: 'The role system:node-proxier allows no more: Services, EndpointSlices, ServiceCIDRs and its own Node are watched, and nothing but events is created.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    patch(node(), { metadata: { labels: { note: 'changed' } } }),
    apply(slice('web', ['remote-a'])),
    reaches('pod-b', '10.96.0.10:80', 'remote-a'),
    settle(),
    api.requests('>=', 1, { verb: 'create', resource: 'events' }),
    ...(['update', 'patch', 'delete'] as const).map(verb => api.requests('==', 0, { verb })),
    ...['services', 'endpointslices', 'nodes', 'servicecidrs'].flatMap(resource => [
      api.requests('==', 0, { verb: 'create', resource }),
      api.requests('<=', 3, { resource }),
    ]),
    ...['namespaces', 'ipaddresses'].map(resource => api.requests('==', 0, { resource })),
  ],
});
