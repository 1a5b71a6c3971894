import { fails, http, NODE, reaches, scenario, service, slice, tcp } from '../../builders.ts';

export default scenario({
  name: 'with a configuration file most flags are ignored, even wrong ones',
  why: 'TestOptionsComplete: the loaded file takes the place of all that the flags have set, mode, addresses and CIDRs included, before anything is validated.',
  needs: ['nftables'],
  args: [
    '--proxy-mode=userspace',
    '--masquerade-all',
    '--cluster-cidr=nonsense',
    '--detect-local-mode=Guess',
    '--nodeport-addresses=10.0.0.0/8',
    '--oom-score-adj=5000',
    '--healthz-bind-address=127.0.0.1:10299',
    '--metrics-bind-address=127.0.0.1:10298',
    '--healthz-port=0',
    '--metrics-port=0',
    '--bind-address=192.168.100.77',
    '--kubeconfig=/does/not/exist',
    '--conntrack-max-per-core=-5',
    '--config-sync-period=-1s',
    '--iptables-sync-period=-1s',
    '--iptables-masquerade-bit=99',
  ],
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a', 'remote-a']),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'], { source: 'preserved' }),
    reaches('client', '10.96.0.10:80', ['pod-a', 'remote-a'], { source: 'masqueraded' }),
    reaches('client', `${NODE.v4}:30080`, ['pod-a', 'remote-a']),
    http({
      from: 'client',
      url: `http://${NODE.v4}:10249/proxyMode`,
      expect: { status: 200, bodyIncludes: 'nftables' },
    }),
    http({ from: 'node', url: 'http://127.0.0.1:10299/healthz', expect: { error: 'refused' } }),
    fails('client', `${NODE.v4}:10299`, 'refused'),
  ],
});
