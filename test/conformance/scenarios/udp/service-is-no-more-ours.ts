import { apply, patch, remove, scenario, service, sleep, slice, target, udp, udpFlow } from '../../builders.ts';

const ports = [target(5353, { protocol: 'UDP' })];
const both = (name: string) => [slice(name, ['pod-a'], { ports }), slice(name, ['pod-a'], { ports, family: 'v6' })];
const made = (name: string, n: number) => service(name, { ip: [`10.96.0.${n}`, `fd00:10:96::${n}`], ports: [udp(53)] });
const [moved, named, given, single] = [made('moved', 11), made('named', 12), made('given', 13), made('single', 14)];
const flow = (name: string, to: string) => udpFlow(name, { from: 'pod-b', to, expect: { backends: ['pod-a'] } });
const ended = (...names: string[]) => names.map(name => udpFlow(name, { expect: 'unreachable', stable: true }));

export default scenario({
  name: 'UDP flows end where a Service leaves its address, its type, its family or this proxy',
  why: 'As for a deleted Service (PR 141371): nobody forwards at that address any more, so that no flow may go on there as if somebody did.',
  needs: ['ipv6'],
  objects: [moved, named, given, single, ...['moved', 'named', 'given', 'single'].flatMap(both)],
  steps: [
    flow('moved', '10.96.0.11:53'),
    flow('moved v6', '[fd00:10:96::11]:53'),
    flow('named', '10.96.0.12:53'),
    flow('given', '10.96.0.13:53'),
    flow('single', '10.96.0.14:53'),
    flow('single v6', '[fd00:10:96::14]:53'),
    // Past the second look at what was new, which must not be what cleans up here.
    sleep(1.5),
    remove(moved),
    apply(service('moved', { ip: ['10.96.0.21', 'fd00:10:96::21'], ports: [udp(53)] })),
    ...ended('moved', 'moved v6'),
    flow('moved again', '10.96.0.21:53'),
    patch(named, { spec: { type: 'ExternalName', externalName: 'example.org' } }),
    ...ended('named'),
    patch(given, { metadata: { labels: { 'service.kubernetes.io/service-proxy-name': 'another' } } }),
    ...ended('given'),
    patch(single, { spec: { clusterIPs: ['10.96.0.14'], ipFamilies: ['IPv4'] } }),
    ...ended('single v6'),
    udpFlow('single', { stable: true, within: 0 }),
    udpFlow('moved again', { stable: true, within: 0 }),
  ],
});
