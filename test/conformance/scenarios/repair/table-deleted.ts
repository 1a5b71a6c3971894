import { longConnection, reaches, scenario, service, sleep, slice, traffic } from '../../builders.ts';
import { nft } from '../../foreign-writer.ts';

export default scenario({
  name: 'a table that somebody deletes is back within a second; the other family does not notice',
  why: 'Each family has a table of its own.',
  needs: ['nftables', 'ipv6'],
  objects: [
    service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'] }),
    slice('web', ['pod-a']),
    slice('web', ['pod-a'], { family: 'v6' }),
  ],
  steps: [
    longConnection('old', { from: 'pod-b', to: '10.96.0.10:80' }),
    traffic.start('ipv6', { from: 'pod-b', to: '[fd00:10:96::10]:80', period: 10 }),
    nft('delete table ip kube-proxy'),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { within: 1 }),
    sleep(0.5),
    traffic.stop('ipv6'),
    longConnection('old'),
  ],
});
