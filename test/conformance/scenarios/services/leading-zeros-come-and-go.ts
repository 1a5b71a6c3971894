import { apply, ep, fails, patch, reaches, scenario, service, slice } from '../../builders.ts';

const web = service('web', { ip: '10.96.0.10', externalIPs: ['203.0.113.030'] });
const spelled = (address: string) => slice('web', [ep('pod-a', { addresses: [address] })]);

export default scenario({
  name: 'two spellings of one address are one address',
  why: 'upstream: TestBadIPs. A change of the spelling is no change of the address, an endpoint that comes in two spellings counts once, and what was added under one spelling goes under the other.',
  objects: [web, spelled('10.244.001.010')],
  steps: [
    reaches('client', '203.0.113.30:80', 'pod-a'),
    patch(web, { spec: { externalIPs: ['203.0.113.30'] } }),
    apply(spelled('10.244.1.10')),
    reaches('client', '203.0.113.30:80', 'pod-a', { stable: true }),
    apply(slice('web', [ep('pod-a', { addresses: ['10.244.1.010'] }), 'pod-a', 'remote-a'])),
    reaches('client', '10.96.0.10:80', ['pod-a', 'remote-a'], { balanced: 0.25 }),
    patch(web, { spec: { externalIPs: ['203.0.113.030', '203.0.113.30'] } }),
    reaches('client', '203.0.113.30:80', ['pod-a', 'remote-a']),
    patch(web, { spec: { externalIPs: null } }),
    fails('client', '203.0.113.30:80', 'unreachable'),
  ],
});
