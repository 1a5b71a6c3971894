import { longConnection, reaches, scenario, service, slice } from '../../builders.ts';
import { nft } from '../../foreign-writer.ts';

// A packet that was dropped before the repair is sent again a second later: the first answer cannot be sooner.
const works = reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { within: 2.5 });

export default scenario({
  name: 'what somebody adds to the tables so that packets are dropped is gone before a client tries again',
  why: 'A rule in our chain, a chain beside ours, and a policy all stop traffic without anything being missing.',
  needs: ['nftables'],
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', 'remote-a'])],
  steps: [
    longConnection('old', { from: 'pod-b', to: '10.96.0.10:80' }),
    nft('insert rule ip kube-proxy nat-prerouting ip daddr 10.96.0.10 drop'),
    works,
    nft('add chain ip kube-proxy stop { type filter hook prerouting priority -350; policy drop; }'),
    works,
    nft('chain ip kube-proxy filter-forward { policy drop; }'),
    works,
    longConnection('old'),
  ],
});
