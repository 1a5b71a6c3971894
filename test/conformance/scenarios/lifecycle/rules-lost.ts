import { apply, reaches, scenario, service, slice, tamper } from '../../builders.ts';

export default scenario({
  name: 'rules that somebody else removed come back',
  why: 'Source behaviour: a sync that fails because rules are missing is followed by a full sync, within the sync period (10 s here).',
  needs: ['nftables'],
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    tamper('nft flush ruleset'),
    apply(service('new', { ip: '10.96.0.11' }), slice('new', ['pod-a'])),
    reaches('pod-b', '10.96.0.11:80', 'pod-a', { within: 40 }),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { within: 40 }),
  ],
});
