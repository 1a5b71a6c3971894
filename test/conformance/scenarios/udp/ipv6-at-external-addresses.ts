import { apply, NODE, scenario, service, slice, target, udp, udpFlow } from '../../builders.ts';
import type { SliceOptions } from '../../builders.ts';

const options = (number: number): SliceOptions => ({ family: 'v6', ports: [target(number, { protocol: 'UDP' })] });
const names = ['vip', 'external ip', 'node port'];

export default scenario({
  name: 'IPv6 UDP flows by external addresses move on as well',
  why: 'upstream: TestCleanStaleEntries, in the other family. Address and port are compared in both families, at VIP, external IP and node port.',
  needs: ['ipv6'],
  objects: [
    service('dns', {
      ip: 'fd00:10:96::10',
      type: 'LoadBalancer',
      vips: ['2001:db8:5::20'],
      externalIPs: ['2001:DB8:5:0::30'],
      ports: [udp(53, { nodePort: 30053 })],
    }),
    slice('dns', ['pod-a'], options(5353)),
  ],
  steps: [
    udpFlow('vip', { from: 'client', to: '[2001:db8:5::20]:53', expect: { backends: ['pod-a:5353'] } }),
    udpFlow('external ip', { from: 'client', to: '[2001:db8:5::30]:53', expect: { backends: ['pod-a:5353'] } }),
    udpFlow('node port', { from: 'client', to: `[${NODE.v6}]:30053`, expect: { backends: ['pod-a:5353'] } }),
    apply(slice('dns', ['pod-a'], options(8081))),
    ...names.map(name => udpFlow(name, { expect: { backends: ['pod-a:8081'] }, stable: true })),
    apply(slice('dns', ['remote-a'], options(8081))),
    ...names.map(name => udpFlow(name, { expect: { backends: ['remote-a:8081'] }, stable: true })),
  ],
});
