import { apply, fails, reaches, remove, scenario, service, serviceCIDR, slice, target, udp } from '../../builders.ts';

const web = service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'] });
const everywhere = ['pod-b', 'node', 'client'];
const [address, address6] = ['10.96.0.10', '[fd00:10:96::10]'];

export default scenario({
  name: 'ports that nobody has, and addresses that nobody has any more, fail from everywhere in the same way',
  why: 'Chain cluster-ips-check, after forward and output: whatever is not forwarded at an active ClusterIP is refused, in each protocol and family, to pods, the node and others; with the Service its address becomes an unallocated one.',
  needs: ['ipv6'],
  objects: [serviceCIDR(), web, slice('web', ['pod-a']), slice('web', ['pod-a'], { family: 'v6' })],
  steps: [
    reaches('pod-b', `${address}:80`, 'pod-a'),
    reaches('pod-b', `${address6}:80`, 'pod-a'),
    ...everywhere.flatMap(from => [
      fails(from, `${address}:81`, 'refused', { attempts: 2 }),
      fails(from, `${address6}:81`, 'refused', { attempts: 2 }),
      fails(from, `${address}:80`, 'refused', { proto: 'udp', attempts: 2 }),
      fails(from, `${address6}:80`, 'refused', { proto: 'udp', attempts: 2 }),
    ]),
    apply(service('dns', { ip: '10.96.0.10', ports: [udp(80)] })),
    apply(slice('dns', ['remote-a'], { ports: [target(5353, { protocol: 'UDP' })] })),
    reaches('pod-b', `${address}:80`, 'remote-a', { proto: 'udp' }),
    remove(web),
    fails('pod-b', `${address6}:80`, 'timeout', { attempts: 2 }),
    fails('client', `${address6}:81`, 'timeout', { attempts: 2 }),
    ...everywhere.map(from => fails(from, `${address}:80`, 'refused', { attempts: 2 })),
    reaches('client', `${address}:80`, 'remote-a', { proto: 'udp', within: 0 }),
    remove(service('dns')),
    fails('pod-b', `${address}:80`, 'timeout', { attempts: 2 }),
    fails('client', `${address}:80`, 'timeout', { proto: 'udp', attempts: 2 }),
  ],
});
