import {
  longConnection,
  NODE,
  reaches,
  restartProxy,
  scenario,
  service,
  slice,
  tamper,
  tcp,
  traffic,
} from '../../builders.ts';

const nftables = {
  mode: 'nftables',
  nftables: { minSyncPeriod: '100ms', syncPeriod: '10s' },
};
const ipvs = { mode: 'ipvs' };
const works = [
  reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
  reaches('client', `${NODE.v4}:30080`, ['pod-a', 'remote-a'], {
    source: 'masqueraded',
  }),
];
const begin = (name: string) => traffic.start(name, { from: 'pod-b', to: '10.96.0.10:80', period: 200 });
const end = (name: string) => traffic.stop(name, { atLeast: 10 });

export default scenario({
  name: 'from mode nftables to ipvs and back on a live node: no new connection fails, and none is lost that the kernel can keep',
  why: 'What the other mode left goes after ours is in place; conntrack keeps what nftables has translated, and a virtual server stays until its connections end.',
  needs: ['ipvs'],
  config: nftables,
  objects: [
    service('web', {
      ip: '10.96.0.10',
      type: 'NodePort',
      ports: [tcp(80, { nodePort: 30080 })],
    }),
    slice('web', ['pod-a', 'remote-a']),
  ],
  steps: [
    ...works,
    tamper('[ -z "$(ipvsadm -Sn)" ]'),
    longConnection('of nftables', { from: 'pod-b', to: '10.96.0.10:80' }),
    longConnection('of nftables, from outside', {
      from: 'client',
      to: `${NODE.v4}:30080`,
    }),
    begin('to ipvs'),
    restartProxy('SIGTERM', { config: ipvs }),
    end('to ipvs'),
    ...works,
    tamper('ipvsadm -Sn | grep -q -- "-t 10.96.0.10:80 -s rr"'),
    longConnection('of nftables', { within: 0 }),
    longConnection('of nftables, from outside', { within: 0 }),
    longConnection('of ipvs', { from: 'pod-b', to: '10.96.0.10:80' }),
    begin('to nftables'),
    restartProxy('SIGTERM', { config: nftables }),
    end('to nftables'),
    ...works,
    longConnection('of nftables', { within: 0 }),
    longConnection('of nftables, from outside', { within: 0 }),
    longConnection('of ipvs', { within: 0 }),
    // It stays for that connection.
    tamper('ipvsadm -Sn | grep -q -- "-t 10.96.0.10:80 -s rr"'),
  ],
});
