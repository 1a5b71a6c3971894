import { longConnection, reaches, scenario, service, slice } from '../../builders.ts';
import { nft } from '../../foreign-writer.ts';

export default scenario({
  name: 'a table that somebody puts to sleep is woken within a second',
  why: 'A dormant table has all of its chains and elements, and none of them sees a packet.',
  needs: ['nftables'],
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', 'remote-a'])],
  steps: [
    longConnection('old', { from: 'pod-b', to: '10.96.0.10:80' }),
    nft('add table ip kube-proxy { flags dormant; }'),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { within: 1 }),
    longConnection('old'),
  ],
});
