import { awaitReady, reaches, restartProxy, scenario, service, slice, tamper, tcp } from '../../builders.ts';

const nftables = { mode: 'nftables', nftables: { minSyncPeriod: '100ms', syncPeriod: '10s' } };
const programmed = 'ipvsadm -Sn | grep -q -- "-t 10.96.0.10:80 -r 10.244.1.10"';
const left = 'ipvsadm -Sn; ip route show table local | grep 10.96; ip -6 route show table local | grep fd00:10:96';

export default scenario({
  name: 'from mode ipvs to nftables where no connection is open: in the end nothing of mode ipvs is left',
  why: 'What the other mode left goes after ours is in place.',
  needs: ['ipvs'],
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a']),
  ],
  steps: [
    awaitReady(),
    tamper(`for try in $(seq 20); do ${programmed} && exit; sleep 2; done; exit 1`),
    restartProxy('SIGTERM', { config: nftables }),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { source: 'preserved' }),
    // One that the harness made counts for two minutes after it was closed, and is looked for every minute.
    tamper(`for try in $(seq 80); do [ -z "$(${left})" ] && exit; sleep 3; done; ${left}; exit 1`),
    tamper('! nft list tables | grep arp'),
  ],
});
