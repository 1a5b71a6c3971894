import { apply, draining, fails, reaches, remove, scenario, service, slice, stopped, tcp } from '../../builders.ts';

const [vip, clusterIp] = ['203.0.113.20:80', '10.96.0.10:80'];

export default scenario({
  name: 'policy Local goes from ready to draining local endpoints, to a drop, to a rejection',
  why: 'upstream: TestTerminatingEndpointsTrafficPolicyLocal. Outside traffic and ClusterIP traffic each choose by themselves at every stage; local endpoints that drain are used only while no local one is ready, stopped ones never.',
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32080,
      vips: ['203.0.113.20'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a', draining('pod-b'), stopped('node-host'), 'remote-a']),
  ],
  steps: [
    reaches('client', vip, 'pod-a', { source: 'preserved', attempts: 20 }),
    reaches('client', clusterIp, ['pod-a', 'remote-a']),
    apply(slice('web', [draining('pod-a'), draining('pod-b'), stopped('node-host'), 'remote-a'])),
    reaches('client', vip, ['pod-a', 'pod-b'], { source: 'preserved' }),
    reaches('client', clusterIp, 'remote-a', { attempts: 20 }),
    reaches('node', vip, 'remote-a', { attempts: 20 }),
    apply(slice('web', [stopped('pod-a'), draining('remote-a')])),
    reaches('client', clusterIp, 'remote-a', { attempts: 20 }),
    reaches('node', vip, 'remote-a'),
    fails('client', vip, 'timeout'),
    apply(slice('web', [stopped('pod-a'), stopped('remote-a')])),
    fails('client', vip, 'refused'),
    fails('client', clusterIp, 'refused'),
    apply(slice('web', [draining('pod-a'), stopped('remote-a')])),
    reaches('client', vip, 'pod-a', { source: 'preserved' }),
    reaches('client', clusterIp, 'pod-a'),
    remove(slice('web', [])),
    fails('client', vip, 'refused'),
    fails('client', clusterIp, 'refused'),
  ],
});
