import { patch, fails, reaches, scenario, service, settle, slice } from '../../builders.ts';

const [web, other] = [service('web', { ip: '10.96.0.10' }), service('other', { ip: '10.96.0.11' })];
const pods = slice('web', ['pod-a']);

export default scenario({
  name: 'null in the place of a list is an empty list',
  why: 'Go writes a nil slice as null: endpoints and ports of an EndpointSlice whose pods are gone, ports and addresses of a Service. It is no reason to keep what was there, or to stop.',
  objects: [web, pods, other, slice('other', ['pod-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    patch(pods, { endpoints: null }),
    fails('pod-b', '10.96.0.10:80', 'refused'),
    patch(pods, { endpoints: [{ addresses: ['10.244.2.10'], conditions: null, hints: null, nodeName: null }] }),
    reaches('pod-b', '10.96.0.10:80', 'remote-a'),
    patch(pods, { ports: null }),
    fails('pod-b', '10.96.0.10:80', 'refused'),
    patch(pods, { ports: [{ name: '', port: 8080, protocol: 'TCP', appProtocol: null }] }),
    reaches('pod-b', '10.96.0.10:80', 'remote-a'),
    patch(web, {
      spec: { externalIPs: null, loadBalancerSourceRanges: null, sessionAffinityConfig: null },
      status: null,
    }),
    settle(),
    reaches('pod-b', '10.96.0.10:80', 'remote-a'),
    patch(web, { spec: { ports: null } }),
    fails('pod-b', '10.96.0.10:80', 'unreachable'),
    reaches('pod-b', '10.96.0.11:80', 'pod-a', { within: 0 }),
  ],
});
