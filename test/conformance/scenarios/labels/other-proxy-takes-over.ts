import { fails, patch, reaches, scenario, service, slice } from '../../builders.ts';

const label = 'service.kubernetes.io/service-proxy-name';
const web = service('web', { ip: '10.96.0.10' });

export default scenario({
  name: 'a Service may be handed to another proxy, and back',
  why: "When the service-proxy-name label is set the Service leaves the proxy's selection, when it is removed it comes back.",
  objects: [web, slice('web', ['pod-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    patch(web, { metadata: { labels: { [label]: 'other' } } }),
    fails('pod-b', '10.96.0.10:80', 'unreachable'),
    patch(web, { metadata: { labels: { [label]: null } } }),
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
  ],
});
