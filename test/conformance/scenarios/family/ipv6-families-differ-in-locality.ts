import { fails, NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'each family of a Local Service goes by its own local endpoints',
  why: 'upstream: TestCategorizeEndpoints, which runs once in each family. Where one family has local endpoints and the other only remote ones, one is forwarded and the other dropped.',
  needs: ['ipv6'],
  objects: [
    service('web', {
      ip: ['10.96.0.10', 'fd00:10:96::10'],
      type: 'NodePort',
      internalTrafficPolicy: 'Local',
      externalTrafficPolicy: 'Local',
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a', 'remote-a']),
    slice('web', ['remote-a'], { family: 'v6' }),
  ],
  steps: [
    reaches('client', `${NODE.v4}:30080`, 'pod-a', { source: 'preserved', attempts: 20 }),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { attempts: 20 }),
    reaches('pod-b', `[${NODE.v6}]:30080`, 'remote-a', { source: 'preserved' }),
    fails('client', `[${NODE.v6}]:30080`, 'timeout'),
    fails('pod-b', '[fd00:10:96::10]:80', 'timeout'),
  ],
});
