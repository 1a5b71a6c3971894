import { fails, reaches, remove, scenario, service, slice } from '../../builders.ts';

const only = slice('web', ['pod-a']);

export default scenario({
  name: 'deleting the only slice leaves no endpoints',
  why: 'A deleted EndpointSlice takes its endpoints along.',
  objects: [service('web', { ip: '10.96.0.10' }), only],
  steps: [reaches('pod-b', '10.96.0.10:80', 'pod-a'), remove(only), fails('pod-b', '10.96.0.10:80', 'refused')],
});
