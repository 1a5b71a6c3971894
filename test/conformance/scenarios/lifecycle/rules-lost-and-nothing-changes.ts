import { fails, NODE, reaches, scenario, service, slice, tamper, tcp } from '../../builders.ts';

const works = [
  reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
  reaches('client', `${NODE.v4}:30080`, ['pod-a', 'remote-a'], { source: 'masqueraded' }),
  reaches('pod-b', '[fd00:10:96::10]:80', 'pod-a'),
  fails('pod-b', '10.96.0.11:80', 'refused'),
];

export default scenario({
  name: 'what somebody else removes, empties or changes is mended although nothing changes in the cluster',
  why: 'kube-proxy notices it in nftables mode with the next change of its own, or after an hour. What the kernel holds is compared with what it should hold, each verifyPeriod at the latest.',
  needs: ['nftables', 'ipv6'],
  config: { sluice: { verifyPeriod: '1s' } },
  objects: [
    service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'], type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a', 'remote-a']),
    slice('web', ['pod-a'], { family: 'v6' }),
    service('empty', { ip: '10.96.0.11' }),
  ],
  steps: [
    ...works,
    tamper('nft flush ruleset'),
    ...works,
    tamper('nft delete table ip6 kube-proxy; nft flush chain ip kube-proxy nat-prerouting'),
    ...works,
    tamper(
      'nft insert rule ip kube-proxy nat-prerouting ip daddr 10.96.0.10 return; nft insert rule ip kube-proxy filter-input drop',
    ),
    ...works,
  ],
});
