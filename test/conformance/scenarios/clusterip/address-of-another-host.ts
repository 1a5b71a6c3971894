import { fails, PEER, reaches, remove, scenario, service, slice } from '../../builders.ts';

const host = service('host', { ip: PEER.v4 });
const pod = service('pod', { ip: '10.244.2.11' });
const works = (from: string) => [reaches(from, `${PEER.v4}:80`, 'pod-a'), reaches(from, '10.244.2.11:80', 'pod-a')];

export default scenario({
  name: "a ClusterIP may be some host's or pod's address, and takes it over as a whole",
  why: 'Source behaviour: nothing is special about such a ClusterIP. Its ports are forwarded, all others are refused, and with the Service all of that goes.',
  objects: [host, slice('host', ['pod-a']), pod, slice('pod', ['pod-a'])],
  steps: [
    ...works('pod-b'),
    ...works('node'),
    fails('pod-b', `${PEER.v4}:8080`, 'refused'),
    fails('pod-b', '10.244.2.11:8080', 'refused'),
    remove(host, pod),
    reaches('pod-b', `${PEER.v4}:8080`, 'peer-host', { source: 'preserved' }),
    reaches('pod-b', '10.244.2.11:8080', 'remote-b', { source: 'preserved' }),
  ],
});
