import { fails, NODE, reaches, restartProxy, scenario, service, slice, tamper, tcp, traffic } from '../../builders.ts';

const all = ['pod-a', 'remote-a'];
const second = '192.168.100.21';

export default scenario({
  name: 'a restart with other settings puts all of them in force, and leaves nothing of the former ones',
  why: 'What is in the kernel was made with other settings: marks, detection of local traffic, node port addresses. The next process takes it over and changes what differs, without a gap.',
  needs: ['nftables', 'ipv6'],
  config: { nodePortAddresses: ['primary'] },
  objects: [
    service('web', { ip: ['10.96.0.10', 'fd00:10:96::10'], type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', all),
    slice('web', all, { family: 'v6' }),
    service('local', {
      ip: '10.96.0.11',
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      ports: [tcp(80, { nodePort: 30081 })],
    }),
    slice('local', ['remote-a']),
  ],
  steps: [
    tamper(`ip addr add ${second}/32 dev lo`),
    traffic.start('steady', { from: 'pod-b', to: '10.96.0.10:80' }),
    reaches('pod-b', '10.96.0.10:80', all, { source: 'preserved' }),
    reaches('pod-b', `${NODE.v4}:30081`, 'remote-a', { source: 'preserved' }),
    fails('client', `${second}:30080`, 'refused'),
    restartProxy('SIGKILL', { config: { nftables: { masqueradeAll: true, masqueradeBit: 20 } } }),
    reaches('pod-b', '10.96.0.10:80', all, { source: 'masqueraded' }),
    reaches('pod-b', '[fd00:10:96::10]:80', all, { source: 'masqueraded' }),
    restartProxy('SIGTERM', { config: { nodePortAddresses: [`${second}/32`] } }),
    reaches('client', `${second}:30080`, all, { source: 'masqueraded' }),
    fails('client', `${NODE.v4}:30080`, 'refused'),
    reaches('pod-b', '10.96.0.10:80', all, { source: 'preserved' }),
    restartProxy('SIGTERM', { config: { nodePortAddresses: ['0.0.0.0/0'], clusterCIDR: '10.0.0.0/30' } }),
    reaches('client', `${NODE.v4}:30080`, all),
    reaches('client', `${second}:30080`, all),
    reaches('pod-b', '10.96.0.10:80', all, { source: 'masqueraded' }),
    fails('pod-b', `${NODE.v4}:30081`, 'timeout'),
    restartProxy('SIGTERM', {
      config: {
        clusterCIDR: null,
        detectLocalMode: 'InterfaceNamePrefix',
        detectLocal: { interfaceNamePrefix: 'veth-' },
      },
    }),
    reaches('pod-b', '10.96.0.10:80', all, { source: 'preserved' }),
    reaches('client', '[fd00:10:96::10]:80', all, { source: 'masqueraded' }),
    reaches('pod-b', `${NODE.v4}:30081`, 'remote-a', { source: 'preserved' }),
    fails('client', `${second}:30080`, 'refused'),
    traffic.stop('steady', { atLeast: 20 }),
  ],
});
