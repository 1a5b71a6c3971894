import { reaches, scenario, service, slice } from '../../builders.ts';

const old = (name: string, ip: string) =>
  service(name, { ip, clusterIPs: undefined, ipFamilies: undefined, ipFamilyPolicy: undefined });

export default scenario({
  name: 'a Service with nothing but clusterIP is of the family of that address',
  why: 'upstream: TestGetClusterIPByFamily (old style service) and TestServiceToServiceMap. Without ipFamilies and clusterIPs, as in objects from before dual-stack, the address itself tells the family.',
  needs: ['ipv6'],
  objects: [
    old('four', '10.96.0.10'),
    slice('four', ['pod-a']),
    slice('four', ['remote-a'], { family: 'v6' }),
    old('six', 'fd00:10:96::10'),
    slice('six', ['pod-a']),
    slice('six', ['remote-a'], { family: 'v6' }),
  ],
  steps: [reaches('pod-b', '10.96.0.10:80', 'pod-a'), reaches('pod-b', '[fd00:10:96::10]:80', 'remote-a')],
});
