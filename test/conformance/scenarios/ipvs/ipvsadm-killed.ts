import { apply, reaches, scenario, service, slice, tamper } from '../../builders.ts';

/** Every ipvsadm of the node's namespace. */
const kill = tamper(
  'for pid in $(ip netns pids $(ip netns identify)); do [ "$(cat /proc/$pid/comm)" != ipvsadm ] || { kill -9 $pid && killed=1; }; done; [ "$killed" = 1 ]',
);

export default scenario({
  name: 'where its ipvsadm is killed it starts another one, and loses no change',
  why: 'The program that takes commands may end at any line; what is in the kernel is read again then.',
  needs: ['ipvs'],
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'pod-a'),
    kill,
    apply(slice('web', ['remote-a'])),
    reaches('pod-b', '10.96.0.10:80', 'remote-a', { stable: true }),
    kill,
    apply(service('late', { ip: '10.96.0.11' }), slice('late', ['pod-a'])),
    reaches('pod-b', '10.96.0.11:80', 'pod-a'),
  ],
});
