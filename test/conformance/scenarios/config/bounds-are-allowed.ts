import { reaches, scenario, service, slice, startProxy, stopProxy } from '../../builders.ts';

export default scenario({
  name: 'values right at their bounds are taken',
  why: 'TestValidate…: masquerade bits 0 and 31, equal sync periods and zero timeouts are valid, and traffic is masqueraded with these bits, too.',
  needs: ['nftables'],
  start: false,
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', 'remote-a'])],
  steps: [0, 31].flatMap(masqueradeBit => [
    startProxy({
      config: {
        nftables: { masqueradeBit, minSyncPeriod: '1s', syncPeriod: '1s' },
        iptables: { masqueradeBit },
        oomScoreAdj: 1000,
        conntrack: {
          maxPerCore: 0,
          min: 0,
          tcpEstablishedTimeout: '0s',
          tcpCloseWaitTimeout: '0s',
          udpTimeout: '0s',
          udpStreamTimeout: '0s',
        },
        clientConnection: { burst: 0 },
      },
    }),
    reaches('client', '10.96.0.10:80', ['pod-a', 'remote-a'], { source: 'masqueraded' }),
    stopProxy(),
  ]),
});
