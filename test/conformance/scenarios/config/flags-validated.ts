import { runProxy, scenario, startProxy } from '../../builders.ts';
import { access, flags } from '../../operator.ts';

export default scenario({
  name: 'flags are validated like a file',
  why: 'TestValidateKubeProxyConfiguration: what is an error in the file is one on the command line; periods given for iptables count in nftables mode, too.',
  needs: ['nftables'],
  start: false,
  steps: [
    access(),
    ...[
      '--proxy-mode=userspace',
      '--proxy-mode=Nftables',
      '--cluster-cidr=10.244.0.0/16,10.245.0.0/16',
      '--detect-local-mode=BridgeInterface',
      '--config-sync-period=0s',
      '--iptables-sync-period=0s',
      '--iptables-min-sync-period=1m',
      '--oom-score-adj=1001',
      '--nodeport-addresses=primary,10.0.0.0/8',
      '--conntrack-min=-1',
      '--iptables-masquerade-bit=32',
      '--healthz-bind-address=0.0.0.0:0',
      '--logging-format=xml',
      '--kubeconfig=/does/not/exist',
      '--kube-api-burst=-1',
    ].map(flag => runProxy(flags(flag), { exit: 1 })),
    startProxy({ args: flags() }),
  ],
});
