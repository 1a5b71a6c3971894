import { draining, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'with no ready endpoint left, serving terminating ones are used',
  why: 'If all endpoints are terminating, those that still serve get the traffic (ProxyTerminatingEndpoints).',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', [draining('pod-a'), draining('remote-a')])],
  steps: [reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'])],
});
