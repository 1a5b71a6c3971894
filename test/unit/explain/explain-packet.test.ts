import { describe, expect, it } from 'vitest';
import { ADDRESSES } from '../../support/addresses.ts';
import { nodeView, service, sliceEndpoint } from '../../support/builders.ts';
import {
  answerTo,
  check,
  here,
  local,
  OUTSIDE,
  slice,
  there,
  web,
  type Case,
} from '../../support/explained-packets.ts';

const { podA, podB, remoteA, clusterIP, node, loadBalancerIP, externalIP, client } = ADDRESSES.ipv4;

describe('explainPacket: whose it is', () => {
  const cases: readonly Case[] = [
    {
      name: 'a ClusterIP, from a pod',
      services: [service()],
      slices: [slice(here, there)],
      summary: 'forwarded to one of 2 endpoints of default/web, source kept',
      steps: [
        `source: ${podB} is in 10.244.0.0/16, and counts as a pod's`,
        `claim: ${clusterIP}:80/TCP is the ClusterIP of default/web`,
        'traffic-policy: internal traffic policy Cluster: endpoints anywhere',
        'masquerade: source kept',
      ],
      where: [
        'ip kube-proxy pod-cidrs { 10.244.0.0/16 }',
        'ip kube-proxy services { 10.96.0.10 . tcp . 80 : goto cluster-tcp-2 }',
        'chain ip kube-proxy cluster-tcp-2',
      ],
    },
    {
      name: 'two Services want it: the older one has it',
      services: [
        service({ creationTimestamp: '2026-02-01T00:00:00Z' }),
        service({ name: 'old', clusterIP, creationTimestamp: '2025-02-01T00:00:00Z' }),
      ],
      slices: [slice(here)],
      summary:
        'rejected: default/old has no endpoint that could serve: no EndpointSlice has the label kubernetes.io/service-name with its name',
      steps: [
        'claim: also wanted by default/web (of 2026-02-01T00:00:00Z): default/old (of 2025-02-01T00:00:00Z) goes first, by age and then by name',
      ],
      where: ['ip kube-proxy unavailable { 10.96.0.10 . tcp . 80 : goto reject-chain }'],
    },
    {
      name: "nobody's",
      asked: { destination: '8.8.8.8', port: 53, protocol: 'UDP' },
      summary: "not a Service's: left to the node's routing",
    },
    {
      name: 'another port of a ClusterIP',
      services: [service()],
      asked: { port: 81 },
      summary: `rejected: ${clusterIP} is the ClusterIP of default/web, which has no port 81/TCP`,
      where: ['chain ip kube-proxy cluster-ips-check', 'ip kube-proxy cluster-ips { 10.96.0.10 }'],
    },
    {
      name: 'an address of a service CIDR that is of no Service',
      asked: { destination: '10.96.9.9' },
      summary: "dropped: 10.96.9.9 is in service CIDR 10.96.0.0/16, and is no Service's",
      where: ['ip kube-proxy service-cidrs { 10.96.0.0/16 }'],
    },
    {
      name: 'another port of an external IP: nothing answers for it',
      services: [local],
      asked: { destination: externalIP, port: 81 },
      summary: `not forwarded: ${externalIP} is of default/web (ExternalIP), which has 80/TCP and not 81/TCP; left to the node's routing`,
    },
    {
      name: "a load balancer's address of ipMode Proxy",
      services: [web({ loadBalancerIngress: [{ ip: loadBalancerIP, ipMode: 'Proxy' }] })],
      asked: { destination: loadBalancerIP },
      summary: `not forwarded: ${loadBalancerIP} is of default/web (LoadBalancer), but its ipMode is Proxy: packets have to leave for the load balancer; left to the node's routing`,
    },
    {
      name: 'an external IP, where these are not wanted',
      services: [web({ externalIPs: [externalIP] })],
      view: nodeView({ ignoresExternalIPs: true }),
      asked: { destination: externalIP },
      summary: `not forwarded: ${externalIP} is of default/web (ExternalIP), but externalIPs are not forwarded (AllowServiceExternalIPs is off); left to the node's routing`,
    },
    {
      name: 'a NodePort at loopback',
      services: [local],
      asked: { source: 'host', destination: '127.0.0.1', port: 30_080 },
      summary:
        "not forwarded: 30080 is the NodePort of default/web, but NodePorts are not at loopback addresses; left to the node's routing",
    },
    {
      name: 'a NodePort at an address of the node that is not listed',
      services: [local],
      nodePorts: ['10.0.0.0/8'],
      asked: { destination: node, port: 30_080 },
      summary: `not forwarded: 30080 is the NodePort of default/web, but ${node} is not among nodePortAddresses, by which they are at no address that is known; left to the node's routing`,
    },
    {
      name: 'a NodePort at an address that nothing is known of',
      services: [local],
      asked: { destination: '192.168.100.2', port: 30_080 },
      summary: `not forwarded: 30080 is the NodePort of default/web, but 192.168.100.2 is no address of this node that is known (${node}; --node-ip tells more); left to the node's routing`,
    },
  ];
  it.each(cases)('$name', check);
});

describe('explainPacket: policies, source ranges, affinity', () => {
  const cases: readonly Case[] = [
    {
      name: 'policy Local, from outside: endpoints here',
      services: [local],
      slices: [slice(here, there)],
      asked: { source: OUTSIDE, destination: loadBalancerIP },
      summary: `forwarded to the one endpoint of default/web, ${podA}:8080, source kept`,
      steps: ['traffic-policy: external traffic policy Local: endpoints on this node'],
      where: ['chain ip kube-proxy local-tcp-2-1'],
      leftOut: [`${remoteA}: on node-b, and policy Local has those on node-a only`],
    },
    {
      name: 'policy Local, from a pod: the short cut',
      services: [local],
      slices: [slice(there)],
      asked: { destination: loadBalancerIP },
      summary: `forwarded to the one endpoint of default/web, ${remoteA}:8080, source kept`,
      steps: ['short-cut: pods take a short cut to endpoints anywhere: the policy is about what comes from outside'],
    },
    {
      name: 'policy Local, from this node: the short cut, masqueraded',
      services: [local],
      slices: [slice(there)],
      asked: { source: 'host', destination: node, port: 30_080 },
      summary: `forwarded to the one endpoint of default/web, ${remoteA}:8080, masqueraded`,
      steps: ['masquerade: masqueraded: this node took the short cut under external traffic policy Local'],
    },
    {
      name: 'policy Local without an endpoint here',
      services: [local],
      slices: [slice(there)],
      asked: { source: OUTSIDE, destination: node, port: 30_080 },
      summary: 'dropped: default/web has endpoints, but none on this node, and its external traffic policy is Local',
      where: ['ip kube-proxy unavailable-nodeports { tcp . 30080 : drop }'],
      leftOut: [`${remoteA}: on node-b, and policy Local has those on node-a only`],
    },
    {
      name: 'internal policy Local without an endpoint here',
      services: [service({ internalTrafficPolicy: 'Local' })],
      slices: [slice(sliceEndpoint({ address: remoteA, nodeName: '' }))],
      summary: 'dropped: default/web has endpoints, but none on this node, and its internal traffic policy is Local',
      leftOut: [`${remoteA}: its slice names no node, so policy Local has it nowhere`],
    },
    {
      name: 'outside of the source ranges',
      services: [{ ...local, loadBalancerSourceRanges: ['192.168.100.0/24'] }],
      slices: [slice(here)],
      asked: { source: OUTSIDE, destination: loadBalancerIP },
      summary: `dropped: ${OUTSIDE} is in none of the source ranges of default/web`,
      steps: [`source-ranges: ${OUTSIDE} is not in 192.168.100.0/24, ${loadBalancerIP}/32`],
      where: ['ip kube-proxy firewalled { 203.0.113.20 . tcp . 80 }', 'chain ip kube-proxy firewall-check'],
    },
    {
      name: 'within the source ranges',
      services: [{ ...local, loadBalancerSourceRanges: ['192.168.100.0/24'] }],
      slices: [slice(here)],
      asked: { source: client, destination: loadBalancerIP },
      summary: `forwarded to the one endpoint of default/web, ${podA}:8080, source kept`,
      steps: [`source-ranges: ${client} is in 192.168.100.0/24`],
    },
    {
      name: 'ClientIP affinity: the pin that is looked up',
      services: [service({ sessionAffinity: 'ClientIP', affinityTimeoutSeconds: 60 })],
      slices: [slice(here, there)],
      summary: 'forwarded to one of 2 endpoints of default/web, source kept',
      steps: [
        'affinity: ClientIP affinity for 60 s: a client with a pin stays with its endpoint, all others are pinned to the one they get',
      ],
      where: ['ip kube-proxy affinity-tcp { 2656 . 10 . 80 . 10.244.1.11 }'],
    },
    {
      name: 'ClientIP affinity by a hash',
      services: [service({ sessionAffinity: 'ClientIP' })],
      slices: [slice(here, there)],
      ruleset: { affinity: 'hashed' },
      summary: 'forwarded to one of 2 endpoints of default/web, source kept',
      steps: [
        'affinity: ClientIP affinity by a hash of the source: one client, one of these endpoints, while their number stays the same',
      ],
    },
  ];
  it.each(cases)('$name', check);
});

describe('explainPacket, where the interface decides', () => {
  const ruleset = { localSource: { interfacePattern: 'veth*' } } as const;
  const scene = { services: [service()], slices: [slice(here)], ruleset };

  it.each([
    {
      interfaceName: 'veth1',
      masqueraded: false,
      says: `${podB} comes in by veth1, and counts as a local pod's (veth*)`,
    },
    { interfaceName: 'eth0', masqueraded: true, says: `${podB} comes in by eth0, and counts as from outside (veth*)` },
  ])('goes by the one that is told: $interfaceName', ({ interfaceName, masqueraded, says }) => {
    const [answer, ...others] = answerTo({ ...scene, asked: { interfaceName } });
    expect(others).toEqual([]);
    expect(answer?.endpoints[0]?.isMasqueraded).toBe(masqueraded);
    expect(answer?.steps[0]?.says).toBe(says);
  });

  it('answers for both where none is told', () => {
    const answers = answerTo(scene);
    expect(answers.map(({ assumes }) => assumes)).toEqual([
      'it comes in by an interface of a local pod (veth*)',
      'it comes in by another interface',
    ]);
    expect(answers.map(({ endpoints }) => endpoints[0]?.isMasqueraded)).toEqual([false, true]);
  });

  it('once where it makes no difference', () => {
    const answers = answerTo({ ...scene, asked: { destination: '10.96.9.9' } });
    expect(answers).toHaveLength(1);
    expect(answers[0]).not.toHaveProperty('assumes');
  });

  it('from this host it is never that of a pod', () => {
    expect(answerTo({ ...scene, asked: { source: 'host' } })[0]?.endpoints[0]?.isMasqueraded).toBe(true);
    expect(answerTo({ ...scene, asked: { source: node } })[0]?.steps[0]?.says).toBe(
      `this node sends it itself, from ${node}`,
    );
  });
});
