import { fails, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'Services of another proxy are left alone',
  why: 'A Service labelled service.kubernetes.io/service-proxy-name belongs to another service proxy.',
  objects: [
    service('ours', { ip: '10.96.0.10' }),
    slice('ours', ['pod-a']),
    service('theirs', { ip: '10.96.0.11', labels: { 'service.kubernetes.io/service-proxy-name': 'other' } }),
    slice('theirs', ['pod-a']),
  ],
  steps: [reaches('pod-b', '10.96.0.10:80', 'pod-a'), fails('pod-b', '10.96.0.11:80', 'unreachable')],
});
