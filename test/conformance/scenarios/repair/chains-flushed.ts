import { longConnection, reaches, scenario, service, slice } from '../../builders.ts';
import { nft } from '../../foreign-writer.ts';

export default scenario({
  name: 'chains that somebody empties have their rules again within a second',
  why: 'Without its rules a chain lets everything pass, and nothing is translated.',
  needs: ['nftables'],
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', 'remote-a'])],
  steps: [
    longConnection('old', { from: 'pod-b', to: '10.96.0.10:80' }),
    nft('flush chain ip kube-proxy nat-prerouting'),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { within: 1 }),
    nft('flush table ip kube-proxy'),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { within: 1 }),
    nft('flush chain ip kube-proxy nat-output', 'delete chain ip kube-proxy nat-output'),
    reaches('node', '10.96.0.10:80', ['pod-a', 'remote-a'], { within: 1 }),
    longConnection('old'),
  ],
});
