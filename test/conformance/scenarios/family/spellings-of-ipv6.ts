import { apply, ep, fails, node, probe, reaches, scenario, service, serviceCIDR, slice, tcp } from '../../builders.ts';
import type { SliceOptions } from '../../builders.ts';

const spelled = (address: string, options?: SliceOptions) =>
  slice('web', [ep('pod-a', { addresses: [address] }), 'remote-a'], { family: 'v6', ...options });
const ranges = { ...serviceCIDR(), spec: { cidrs: ['FD00:10:96:0::/112', '010.096.000.000/16'] } };
const here = node();
const works = (from: string, to: string) => reaches(from, to, ['pod-a', 'remote-a'], { balanced: 0.4 });

export default scenario({
  name: 'IPv6 addresses may be written in capitals and at full length, in every field',
  why: 'Old objects have what was written; keys, conntrack entries and what the kernel tells have the canonical form (E-4, E-5, TestBadIPs). IPv4 octets may have leading zeros.',
  needs: ['ipv6'],
  objects: [
    {
      ...here,
      status: { ...here.status, addresses: [{ type: 'InternalIP', address: 'FD00:0100:0:0::0001' }] },
    } as typeof here,
    ranges,
    service('web', {
      ip: 'FD00:10:96:0:0:0:0:10',
      type: 'LoadBalancer',
      vips: ['2001:DB8:5::0020'],
      externalIPs: ['2001:0db8:0005::30', '2001:DB8:5::30'],
      loadBalancerSourceRanges: ['FD00:0100:0:0::/123'],
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    spelled('FD00:10:244:1:0:0:0:10'),
    service('old', { ip: '010.096.000.011' }),
    slice('old', [ep('pod-a', { addresses: ['010.244.001.010'] })]),
  ],
  steps: [
    works('pod-b', '[fd00:10:96::10]:80'),
    reaches('pod-a', '[fd00:10:96::10]:80', ['pod-a', 'remote-a']),
    works('client', '[2001:db8:5::30]:80'),
    works('client', '[2001:db8:5::20]:80'),
    probe({ from: 'client-1', to: '[2001:db8:5::20]:80', expect: 'timeout', attempts: 2 }),
    works('client', '[fd00:100::1]:30080'),
    probe({ from: 'pod-b', to: '[fd00:10:96::7777]:80', expect: 'timeout', attempts: 2 }),
    reaches('pod-b', '10.96.0.11:80', 'pod-a'),
    fails('pod-b', '10.96.0.11:81', 'refused'),
    apply(spelled('fd00:10:244:1::10'), spelled('FD00:10:244:1::10', { name: 'web-2' })),
    works('pod-b', '[fd00:10:96::10]:80'),
  ],
});
