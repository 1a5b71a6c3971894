import { NODE, reaches, scenario, service, slice, tamper } from '../../builders.ts';

const RULES = ['prerouting', 'output'].map(
  hook =>
    `nft "add chain ip cni ${hook} { type nat hook ${hook} priority -100; }" && ` +
    `nft add rule ip cni ${hook} fib daddr type local tcp dport 80 dnat to 10.244.1.11:8080`,
);

export default scenario({
  name: 'the hostPort of a pod gets no packets to ClusterIPs',
  why: 'CNI plug-ins make it a rule for all local addresses, which ClusterIPs are in mode ipvs (kubernetes 61938).',
  needs: ['ipvs'],
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['remote-a'])],
  steps: [
    tamper(['nft add table ip cni', ...RULES].join(' && ')),
    reaches('client', `${NODE.v4}:80`, 'pod-b'),
    reaches('pod-a', '10.96.0.10:80', 'remote-a', { stable: true, source: 'preserved' }),
    reaches('node', '10.96.0.10:80', 'remote-a', { stable: true }),
    tamper('nft delete table ip cni'),
  ],
});
