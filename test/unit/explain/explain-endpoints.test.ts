import { describe, it } from 'vitest';
import { ADDRESSES } from '../../support/addresses.ts';
import {
  DRAINING,
  endpointSlice,
  NOT_READY,
  nodeView,
  service,
  servicePortSpec,
  sliceEndpoint,
  STOPPED,
} from '../../support/builders.ts';
import { check, here, OUTSIDE, slice, there, web, type Case } from '../../support/explained-packets.ts';

const { podA, podB, remoteA, remoteB, node, externalIP } = ADDRESSES.ipv4;

describe('explainPacket: endpoints', () => {
  const cases: readonly Case[] = [
    {
      name: 'who is not ready is left out, and who terminates while others are ready',
      services: [service()],
      slices: [
        slice(
          here,
          sliceEndpoint({ address: podB, ...NOT_READY }),
          sliceEndpoint({ address: remoteA, ...DRAINING }),
          sliceEndpoint({ address: remoteB, ...STOPPED }),
        ),
      ],
      asked: { source: '10.244.7.7' },
      summary: `forwarded to the one endpoint of default/web, ${podA}:8080, source kept`,
      leftOut: [
        `${podB}: not ready`,
        `${remoteA}: terminating, while others are ready`,
        `${remoteB}: terminating, and no longer serving`,
      ],
    },
    {
      name: 'nobody is ready: those that serve while they terminate',
      services: [service()],
      slices: [slice(sliceEndpoint({ address: remoteA, ...DRAINING }))],
      summary: `forwarded to the one endpoint of default/web, ${remoteA}:8080, source kept`,
      steps: ['terminating: no endpoint is ready: those that serve while they terminate are used'],
    },
    {
      name: 'hints for zones',
      services: [service()],
      slices: [
        slice(
          { ...here, traits: { ...here.traits, zoneHints: ['zone-a'] } },
          sliceEndpoint({ address: remoteA, zoneHints: ['zone-b'] }),
        ),
      ],
      summary: `forwarded to the one endpoint of default/web, ${podA}:8080, source kept`,
      steps: ['hints: endpoints for zone zone-a go first'],
      leftOut: [`${remoteA}: hints keep it for zone zone-b, and this node is in zone-a`],
    },
    {
      name: 'hints for nodes',
      services: [service()],
      slices: [
        slice(
          { ...here, traits: { ...here.traits, nodeHints: ['node-a'] } },
          sliceEndpoint({ address: remoteA, nodeHints: ['node-b'] }),
        ),
      ],
      summary: `forwarded to the one endpoint of default/web, ${podA}:8080, source kept`,
      steps: ['hints: endpoints for node node-a go first'],
      leftOut: [`${remoteA}: hints keep it for node node-b, and this is node-a`],
    },
    {
      name: 'hints that not all have',
      services: [service()],
      slices: [slice(here, sliceEndpoint({ address: remoteA, zoneHints: ['zone-b'] }))],
      summary: 'forwarded to one of 2 endpoints of default/web, source kept',
      steps: ['hints: do not count: 1 of 2 ready endpoints have none'],
    },
    {
      name: 'hints, and no zone',
      services: [service()],
      slices: [slice(sliceEndpoint({ address: remoteA, zoneHints: ['zone-b'] }))],
      view: nodeView({ zone: undefined }),
      summary: `forwarded to the one endpoint of default/web, ${remoteA}:8080, source kept`,
      steps: ['hints: do not count: the zone of this node is not known'],
    },
    {
      name: 'slices without the port',
      services: [service({ ports: [servicePortSpec({ name: 'http' })] })],
      slices: [slice(here)],
      summary:
        'rejected: default/web:http has no endpoint that could serve: its EndpointSlices have an unnamed port (TCP), and none that matches port http (TCP)',
    },
    {
      name: 'slices of the other family only',
      services: [service()],
      slices: [slice(sliceEndpoint({ address: ADDRESSES.ipv6.podA }))],
      summary: 'rejected: default/web has no endpoint that could serve: its EndpointSlices have no IPv4 addresses',
    },
    {
      name: 'slices that are empty',
      services: [service()],
      slices: [endpointSlice({ addressType: 'IPv4' })],
      summary: 'rejected: default/web has no endpoint that could serve: its EndpointSlices list no endpoint',
    },
  ];
  it.each(cases)('$name', check);
});

describe('explainPacket: masquerading', () => {
  const cases: readonly Case[] = [
    {
      name: 'from outside to a ClusterIP',
      services: [service()],
      slices: [slice(here)],
      asked: { source: OUTSIDE },
      summary: `forwarded to the one endpoint of default/web, ${podA}:8080, masqueraded`,
      steps: [
        `source: ${OUTSIDE} is in no CIDR of pods, and counts as from outside`,
        "masquerade: masqueraded: it goes to a ClusterIP and is no local pod's",
      ],
      where: ['chain ip kube-proxy dispatch', 'chain ip kube-proxy masquerading'],
    },
    {
      name: 'where local pods cannot be told',
      services: [service()],
      slices: [slice(here)],
      ruleset: { localSource: undefined },
      asked: { source: OUTSIDE },
      summary: `forwarded to the one endpoint of default/web, ${podA}:8080, source kept`,
      steps: [
        `source: ${OUTSIDE}: no setting tells local pods here, so nobody counts as one`,
        'masquerade: source kept: no setting tells local pods, so nobody else is masqueraded',
      ],
    },
    {
      name: 'masqueradeAll',
      services: [service()],
      slices: [slice(here)],
      ruleset: { masqueradeAll: true },
      summary: `forwarded to the one endpoint of default/web, ${podA}:8080, masqueraded`,
      steps: ['masquerade: masqueraded: masqueradeAll, for all traffic to ClusterIPs'],
    },
    {
      name: 'external traffic policy Cluster',
      services: [web({ externalIPs: [externalIP] })],
      slices: [slice(here)],
      asked: { destination: externalIP },
      summary: `forwarded to the one endpoint of default/web, ${podA}:8080, masqueraded`,
      steps: ['masquerade: masqueraded: it came by ExternalIP under external traffic policy Cluster'],
    },
    {
      name: 'hairpin: where it reaches itself only',
      services: [service()],
      slices: [slice(here, there)],
      asked: { source: podA },
      summary: `forwarded to one of 2 endpoints of default/web, source kept, but masqueraded to ${podA}:8080`,
      where: [`ip kube-proxy hairpin { ${podA} . ${podA} . tcp . 8080 }`],
    },
    {
      name: 'an endpoint that is this host',
      services: [service()],
      slices: [slice(sliceEndpoint({ address: node }))],
      asked: { source: OUTSIDE },
      summary: `forwarded to the one endpoint of default/web, ${node}:8080, source kept`,
      steps: ['masquerade: not masqueraded where the endpoint is this host: such a packet does not leave it'],
    },
  ];
  it.each(cases)('$name', check);
});
