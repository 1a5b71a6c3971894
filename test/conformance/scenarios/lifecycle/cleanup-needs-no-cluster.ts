import { api, fails, reaches, runProxy, scenario, service, slice, stopProxy, tamper } from '../../builders.ts';

const gone = 'for f in ip ip6; do ! nft list table $f kube-proxy 2>/dev/null || exit 1; done';

export default scenario({
  name: '--cleanup needs no API server, and finds nothing the second time',
  why: 'Source behaviour: clean-up comes before anything is asked of the cluster; a table that is not there is no error, and nothing else is touched.',
  needs: ['nftables'],
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    stopProxy(),
    api.stop(),
    tamper('nft add table inet mine; nft add chain inet mine kept'),
    runProxy(['--cleanup'], { within: 20 }),
    tamper(gone),
    fails('pod-b', '10.96.0.10:80', 'unreachable', { within: 0 }),
    runProxy(['--cleanup'], { within: 20 }),
    tamper(`${gone}; nft list chain inet mine kept`),
  ],
});
