import {
  apply,
  NODE,
  reaches,
  remove,
  restartProxy,
  runProxy,
  scenario,
  service,
  settle,
  slice,
  stopProxy,
  tamper,
  tcp,
} from '../../builders.ts';

const FOREIGN = [
  `-A -t ${NODE.v4}:9999 -s wlc -p 300`,
  `-a -t ${NODE.v4}:9999 -r 10.244.1.10:8080 -m -w 7`,
  '-A -u 198.18.0.1:53 -s sh -b sh-port',
  '-a -u 198.18.0.1:53 -r 10.244.1.10:5353 -i -w 1',
  '-A -t [2001:db8:99::1]:80 -s mh',
  '-A -f 77 -s rr',
];
const add = tamper(FOREIGN.map(line => `ipvsadm ${line}`).join(' && '));
/** What ipvsadm saves for these, at the start and whenever it is asked again. */
const theirs = "ipvsadm -Sn | grep -e 192.168.100.1:9999 -e 198.18 -e 2001:db8:99 -e '-f 77'";
const stillThere = tamper(`file=/tmp/$(ip netns identify)-foreign; ${theirs} | diff $file -`);
const another = service('another', { ip: '10.96.0.11', type: 'NodePort', ports: [tcp(80, { nodePort: 30081 })] });

export default scenario({
  name: 'virtual servers of others are never touched: not at the start, not by changes, not by --cleanup',
  why: 'All of ours are at addresses of the service ranges; kube-proxy deletes whatever it does not know (kubernetes 59507, 55857), and its --cleanup everything.',
  needs: ['ipvs'],
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    add,
    tamper(`file=/tmp/$(ip netns identify)-foreign; ${theirs} >$file && [ "$(wc -l <$file)" = 6 ]`),
    apply(another, slice('another', ['pod-a'])),
    settle(),
    stillThere,
    reaches('client', `${NODE.v4}:30081`, 'pod-a'),
    // They work, too.
    reaches('client', `${NODE.v4}:9999`, 'pod-a'),
    remove(another),
    restartProxy(),
    stillThere,
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    stopProxy(),
    runProxy(['--cleanup']),
    stillThere,
    tamper('! ipvsadm -Sn | grep 10.96'),
    tamper('rm /tmp/$(ip netns identify)-foreign'),
  ],
});
