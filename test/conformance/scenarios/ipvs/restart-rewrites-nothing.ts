import {
  awaitReady,
  longConnection,
  reaches,
  restartProxy,
  scenario,
  service,
  slice,
  tamper,
  tcp,
  udpFlow,
  udp,
  target,
} from '../../builders.ts';

/** Handles tell new rules from old ones; connections are counted from the virtual server's beginning. */
const STATE = 'nft -s -a list ruleset; ipvsadm -Sn; ip route show table local; ipvsadm -Ln --stats | grep -c :';
const CONNECTIONS = 'ipvsadm -Ln --stats | awk \'$2 == "10.96.0.10:80" { print $3 }\'';
const ports = [target(5353, { protocol: 'UDP' })];

export default scenario({
  name: 'a restart rewrites nothing that is right, and no connection is lost',
  why: 'What is in the kernel is read at the start, and only differences are written.',
  needs: ['ipvs'],
  objects: [
    service('web', { ip: '10.96.0.10', type: 'NodePort', ports: [tcp(80, { nodePort: 30080 })] }),
    slice('web', ['pod-a', 'remote-a']),
    service('dns', { ip: '10.96.0.11', ports: [udp(53)] }),
    slice('dns', ['pod-a', 'remote-a'], { ports }),
  ],
  steps: [
    // A first load takes several transactions: what has come first says nothing of the rest.
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
    reaches('client', '192.168.100.1:30080', ['pod-a', 'remote-a']),
    longConnection('open', { from: 'pod-b', to: '10.96.0.10:80' }),
    longConnection('outside', { from: 'client', to: '192.168.100.1:30080' }),
    udpFlow('asks', { from: 'pod-b', to: '10.96.0.11:53' }),
    tamper(
      `dir=/tmp/$(ip netns identify); mkdir -p $dir; { ${STATE}; } >$dir/before; ${CONNECTIONS} >$dir/connections`,
    ),
    tamper(
      'dir=/tmp/$(ip netns identify); nft monitor >$dir/monitor 2>&1 </dev/null & echo $! >/tmp/$(ip netns identify)/pid',
    ),
    restartProxy('SIGTERM', { wait: false }),
    awaitReady(),
    tamper(
      'dir=/tmp/$(ip netns identify); kill $(cat $dir/pid); cat $dir/monitor; ! grep -v "^# new generation" $dir/monitor',
    ),
    tamper(`dir=/tmp/$(ip netns identify); { ${STATE}; } >$dir/after; diff $dir/before $dir/after`),
    tamper(
      `dir=/tmp/$(ip netns identify); ${CONNECTIONS} | diff - $dir/connections && [ "$(cat $dir/connections)" -ge 2 ]; rm -r $dir`,
    ),
    longConnection('open', { within: 0 }),
    longConnection('outside', { within: 0 }),
    udpFlow('asks', { within: 0 }),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
  ],
});
