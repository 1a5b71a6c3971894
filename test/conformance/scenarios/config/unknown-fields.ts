import { reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'unknown fields are no reason to stop',
  why: 'TestLoadConfig "unknown field": an unknown field, at the top or inside, is logged and left out; all others count.',
  needs: ['nftables'],
  config: {
    fromTheFuture: 12,
    notYet: { invented: ['this'] },
    nftables: { masqueradeAll: true, flowtable: 'fast' },
    conntrack: { surplus: true },
    bindAddres: 'typing error',
  },
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['remote-a'])],
  steps: [reaches('pod-b', '10.96.0.10:80', 'remote-a', { source: 'masqueraded' })],
});
