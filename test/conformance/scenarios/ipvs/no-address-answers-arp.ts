import { fails, reaches, scenario, service, slice, tamper } from '../../builders.ts';

/** Whether a neighbour in the node's network gets an answer to an ARP request for an address. */
const asked = (address: string) =>
  [
    'other="ip netns exec $(ip netns identify | sed s/node$/client/)"',
    // It may have learnt the address from a packet of the node's.
    `$other ip neigh flush to ${address}`,
    `$other ip route add ${address}/32 dev eth-lan`,
    `$other bash -c 'echo >/dev/udp/${address}/9'`,
    'sleep 1',
    `$other ip neigh show ${address} | grep -q lladdr`,
    'answered=$?',
    `$other ip route del ${address}/32 dev eth-lan`,
    `$other ip neigh flush to ${address}`,
  ].join('; ');

export default scenario({
  name: 'no ClusterIP is an address of the node for its neighbours, and no interface has one',
  why: 'Local routes make the kernel answer ARP requests for all of the range; kube-ipvs0 made it answer for load balancer addresses (metallb 153, kubernetes 59976).',
  needs: ['ipvs'],
  objects: [service('web', { ip: '10.96.0.10', externalIPs: ['203.0.113.10'] }), slice('web', ['pod-a'])],
  steps: [
    reaches('client', '203.0.113.10:80', 'pod-a'),
    tamper(`${asked('10.96.0.10')}; [ $answered != 0 ]`),
    tamper(`${asked('10.96.7.7')}; [ $answered != 0 ]`),
    tamper(`${asked('192.168.100.1')}; [ $answered = 0 ]`),
    tamper('! ip -o addr | grep -e 10.96. -e 203.0.113. && ! ip link show kube-ipvs0'),
    fails('pod-b', '10.96.0.10:22', 'refused'),
  ],
});
