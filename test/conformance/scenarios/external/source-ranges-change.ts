import { longConnection, patch, probe, reaches, scenario, service, slice, tcp } from '../../builders.ts';

const web = service('web', {
  ip: ['10.96.0.10', 'fd00:10:96::10'],
  type: 'LoadBalancer',
  vips: ['203.0.113.20', '2001:db8:5::20'],
  ports: [tcp(80, { nodePort: 30080 })],
  loadBalancerSourceRanges: ['192.168.100.9/32'],
});
const [v4, v6] = ['203.0.113.20:80', '[2001:db8:5::20]:80'];
const ranges = (...loadBalancerSourceRanges: string[]) => patch(web, { spec: { loadBalancerSourceRanges } });
const allowed = (from: string, to = v4) => reaches(from, to, 'pod-a');
const dropped = (from: string, to = v4) => probe({ from, to, expect: 'timeout', attempts: 2 });

export default scenario({
  name: 'source ranges may be widened, narrowed and overlap, each family for itself; open connections go on',
  why: 'Ranges of only one family leave the other open (E-2), overlapping ones and 0.0.0.0/0 are fine (E-27), leading zeros are decimal, and the ranges are asked for new connections only.',
  needs: ['ipv6'],
  objects: [web, slice('web', ['pod-a']), slice('web', ['pod-a'], { family: 'v6' })],
  steps: [
    allowed('client'),
    dropped('client-1'),
    allowed('client-1', v6),
    longConnection('open', { from: 'client', to: v4 }),
    ranges('192.168.0.0/16', '192.168.100.0/24', '192.168.100.9/32', '192.168.100.0/24'),
    allowed('client-1'),
    dropped('pod-b'),
    ranges('10.0.0.0/8', '0.0.0.0/0'),
    allowed('pod-b'),
    ranges('198.51.100.0/24', 'fd00:100::9/128'),
    dropped('client'),
    longConnection('open', { within: 0 }),
    allowed('client', v6),
    dropped('client-1', v6),
    ranges(' 192.168.100.009/32 '),
    allowed('client'),
    dropped('client-1'),
    allowed('client-1', v6),
    patch(web, { spec: { loadBalancerSourceRanges: null } }),
    allowed('client-1'),
  ],
});
