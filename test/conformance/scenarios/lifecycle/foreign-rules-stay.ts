import {
  apply,
  reaches,
  restartProxy,
  runProxy,
  scenario,
  service,
  settle,
  slice,
  stopProxy,
  tamper,
} from '../../builders.ts';

const stillThere = tamper(
  'nft list table inet someone | grep -q mine && nft list table ip someone-else | grep -q yours',
);

export default scenario({
  name: 'rules of others are left alone',
  why: 'The proxy keeps to its own tables, when it starts, syncs and cleans up.',
  needs: ['nftables'],
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    tamper(
      'nft add table inet someone; nft add chain inet someone mine; nft add table ip someone-else; nft add chain ip someone-else yours',
    ),
    apply(service('new', { ip: '10.96.0.11' })),
    settle(),
    stillThere,
    restartProxy(),
    stillThere,
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    stopProxy(),
    runProxy(['--cleanup']),
    stillThere,
  ],
});
