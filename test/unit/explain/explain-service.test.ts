import { describe, expect, it } from 'vitest';
import { explainService } from '../../../src/explain/explain-service.ts';
import type { ServiceExplanation } from '../../../src/explain/types.ts';
import { ADDRESSES } from '../../support/addresses.ts';
import { endpointSlice, NOT_READY, nodeView, service, servicePortSpec, sliceEndpoint } from '../../support/builders.ts';
import { sceneFrom, type SceneOptions } from '../../support/scenes.ts';

const { podA, podB, remoteA, externalIP, loadBalancerIP, node } = ADDRESSES.ipv4;
const here = sliceEndpoint({ address: podA });
const there = sliceEndpoint({ address: remoteA, nodeName: 'node-b' });
const everywhere = service({
  type: 'LoadBalancer',
  ports: [servicePortSpec({ name: 'http', nodePort: 30_080 })],
  externalIPs: [externalIP],
  loadBalancerIngress: [{ ip: loadBalancerIP, ipMode: undefined }],
});
const slices = [endpointSlice({ ports: [{ name: 'http', protocol: 'TCP', port: 8080 }], endpoints: [here, there] })];

const explained = (options: SceneOptions, owner = 'default/web'): ServiceExplanation | undefined =>
  explainService(sceneFrom(options), owner);

/** Ways in, a line each. */
const waysIn = (explanation: ServiceExplanation | undefined): string[] =>
  explanation?.ports.flatMap(({ frontEnds }) =>
    frontEnds.map(({ kind, dialled, state }) => `${kind} ${dialled.join(' ')} ${state}`),
  ) ?? [];

describe('explainService', () => {
  it('has each way in with its elements, its policy and what is masqueraded', () => {
    const explanation = explained({ services: [everywhere], slices });
    expect(explanation?.summary).toBe('default/web is of type LoadBalancer, with 4 ways in: 4 forwarded');
    expect(explanation?.ports).toHaveLength(1);
    const [port] = explanation!.ports;
    expect(port).toMatchObject({ servicePort: 'default/web:http', family: 'ipv4', protocol: 'TCP' });
    expect(port!.frontEnds).toEqual([
      {
        kind: 'ClusterIP',
        dialled: ['10.96.0.10:80'],
        state: 'forwarded',
        summary: 'forwarded to 2 endpoints',
        trafficPolicy: 'cluster',
        masquerade: "what is no local pod's, and an endpoint that reaches itself",
        elements: ['ip kube-proxy services { 10.96.0.10 . tcp . 80 : goto cluster-tcp-2 }'],
      },
      {
        kind: 'ExternalIP',
        dialled: [`${externalIP}:80`],
        state: 'forwarded',
        summary: 'forwarded to 2 endpoints',
        trafficPolicy: 'cluster',
        masquerade: 'all (external traffic policy Cluster)',
        elements: [`ip kube-proxy services { ${externalIP} . tcp . 80 : goto external-tcp-2 }`],
      },
      {
        kind: 'LoadBalancer',
        dialled: [`${loadBalancerIP}:80`],
        state: 'forwarded',
        summary: 'forwarded to 2 endpoints',
        trafficPolicy: 'cluster',
        masquerade: 'all (external traffic policy Cluster)',
        elements: [`ip kube-proxy services { ${loadBalancerIP} . tcp . 80 : goto external-tcp-2 }`],
      },
      {
        kind: 'NodePort',
        dialled: [`${node}:30080`],
        state: 'forwarded',
        summary: 'forwarded to 2 endpoints',
        trafficPolicy: 'cluster',
        masquerade: 'all (external traffic policy Cluster)',
        elements: ['ip kube-proxy nodeports { tcp . 30080 : goto nodeport-external-tcp-2 }'],
      },
    ]);
    expect(port!.endpoints).toEqual({
      cluster: [
        { address: podA, port: 8080, node: 'node-a', isLocal: true, share: 0.5, notes: [] },
        { address: remoteA, port: 8080, node: 'node-b', isLocal: false, share: 0.5, notes: [] },
      ],
    });
    expect(port!.leftOut).toEqual([]);
  });

  it('tells what policy Local does for whom, and of health checks', () => {
    const local = { ...everywhere, externalTrafficPolicy: 'Local', healthCheckNodePort: 32_000 };
    const explanation = explained({ services: [local], slices });
    const [, externalFrontEnd] = explanation!.ports[0]!.frontEnds;
    expect(externalFrontEnd).toMatchObject({
      summary: 'forwarded: traffic of pods and of this node to 2 endpoints, all other to 1 endpoint on this node',
      trafficPolicy: 'local',
      masquerade: 'what this node sends itself, and an endpoint that reaches itself',
    });
    expect(explanation?.ports[0]?.endpoints.local?.map(({ address }) => address)).toEqual([podA]);
    expect(explanation?.notes).toEqual([
      'load balancers that ask port 32000 are told of 1 endpoint on this node (IPv4)',
    ]);
  });

  it('tells of the drop where policy Local has nobody here', () => {
    const local = { ...everywhere, externalTrafficPolicy: 'Local' };
    const explanation = explained({ services: [local], slices: [{ ...slices[0]!, endpoints: [there] }] });
    expect(explanation?.ports[0]?.frontEnds[3]).toMatchObject({
      state: 'forwarded',
      summary:
        'forwarded: traffic of pods and of this node to 1 endpoint, all other dropped: no endpoint is on this node',
      elements: [
        'ip kube-proxy nodeports { tcp . 30080 : goto nodeport-local-tcp-1-0 }',
        'ip kube-proxy unavailable-nodeports { tcp . 30080 : drop }',
      ],
    });
  });

  it('tells of internal policy Local, source ranges and affinity', () => {
    const narrow = {
      ...everywhere,
      internalTrafficPolicy: 'Local',
      loadBalancerSourceRanges: ['198.51.100.0/24'],
      sessionAffinity: 'ClientIP',
      affinityTimeoutSeconds: 60,
    };
    const [port] = explained({ services: [narrow], slices })!.ports;
    expect(port?.affinityTimeoutSeconds).toBe(60);
    expect(port?.frontEnds[0]).toMatchObject({
      summary: 'forwarded to 1 endpoint on this node',
      trafficPolicy: 'local',
    });
    expect(port?.frontEnds[2]?.sourceRanges).toEqual(['198.51.100.0/24']);
    expect(port?.frontEnds[2]?.elements).toContain('ip kube-proxy firewalled { 203.0.113.20 . tcp . 80 }');
  });

  it('says for whom each endpoint is left out, and why', () => {
    const endpoints = [here, there, sliceEndpoint({ address: podB, ...NOT_READY })];
    const local = { ...everywhere, externalTrafficPolicy: 'Local' };
    const [port] = explained({ services: [local], slices: [{ ...slices[0]!, endpoints }] })!.ports;
    expect(port?.leftOut.map(({ address, from, reason, says }) => [address, from, reason, says])).toEqual([
      [podB, 'cluster', 'not-ready', 'not ready'],
      [podB, 'local', 'not-ready', 'not ready'],
      [remoteA, 'local', 'not-local', 'on node-b, and policy Local has those on node-a only'],
    ]);
  });

  it('has both families apart', () => {
    const dual = service({
      clusterIPs: ['10.96.0.10', 'fd00:10:96::10'],
      ports: [servicePortSpec({ nodePort: 30_080 })],
      type: 'NodePort',
    });
    expect(waysIn(explained({ services: [dual] }))).toEqual([
      'ClusterIP 10.96.0.10:80 rejected',
      `NodePort ${node}:30080 rejected`,
      'ClusterIP [fd00:10:96::10]:80 rejected',
      'NodePort [fd00:100::1]:30080 rejected',
    ]);
  });

  it('names who has what it wants', () => {
    const old = service({
      name: 'old',
      clusterIP: '10.96.0.11',
      externalIPs: [externalIP],
      creationTimestamp: '2025-01-01T00:00:00Z',
      ports: [servicePortSpec()],
    });
    const explanation = explained({ services: [everywhere, old], slices });
    expect(waysIn(explanation)).toContain(`ExternalIP ${externalIP}:80 taken`);
    expect(explanation?.summary).toBe(
      'default/web is of type LoadBalancer, with 4 ways in: 3 forwarded, 1 taken by another Service',
    );
    expect(explanation?.ports[0]?.frontEnds[1]).toMatchObject({ takenBy: 'default/old', elements: [] });
  });

  it.each([
    {
      name: 'ExternalName',
      spec: { type: 'ExternalName', clusterIP: '' },
      says: 'default/web is of type ExternalName: DNS answers for it, and nothing is forwarded',
    },
    {
      name: 'headless',
      spec: { clusterIP: 'None' },
      says: 'default/web is headless: DNS tells the addresses of its endpoints, and nothing is forwarded',
    },
    {
      name: 'no ClusterIP',
      spec: { clusterIPs: [], clusterIP: '' },
      says: "default/web has no ClusterIP, which is the API server's to choose: nothing is forwarded",
    },
    { name: 'no ports', spec: { ports: [] }, says: 'default/web has no port that could be forwarded' },
  ])('says why nothing is forwarded: $name', ({ spec, says }) => {
    expect(explained({ services: [service(spec)] })).toMatchObject({ summary: says, ports: [] });
  });

  it('knows Services of another proxy, and nothing of others', () => {
    const options = { ofOtherProxies: ['default/web'] };
    expect(explained(options)?.summary).toBe(
      'default/web is left to another proxy: it has the label service.kubernetes.io/service-proxy-name',
    );
    expect(explained(options, 'default/api')).toBeUndefined();
  });

  it('notes what the Service asks for and does not get, and what is wrong in it', () => {
    const wanting = service({
      type: 'LoadBalancer',
      externalIPs: ['203.0.113.40'],
      loadBalancerIngress: [{ ip: loadBalancerIP, ipMode: 'Proxy' }],
      loadBalancerSourceRanges: ['nonsense'],
    });
    expect(explained({ services: [wanting], view: nodeView({ ignoresExternalIPs: true }) })?.notes).toEqual([
      'externalIPs are not forwarded: the feature gate AllowServiceExternalIPs is off',
      `${loadBalancerIP} is not forwarded: its ipMode is Proxy, so packets have to leave for the load balancer`,
      'Service default/web: spec.loadBalancerSourceRanges[0]: "nonsense" is not a CIDR',
    ]);
  });

  it('in mode ipvs has the virtual servers', () => {
    const local = { ...everywhere, externalTrafficPolicy: 'Local' };
    const [port] = explained({ services: [local], slices, ipvs: { scheduler: 'rr' } })!.ports;
    expect(port?.virtualServers).toEqual(['-A -t 10.96.0.10:80 -s rr', '-A -t 10.96.0.10:30080 -s rr']);
    expect(port?.frontEnds[0]?.elements).toEqual([
      'ip kube-proxy services { 10.96.0.10 . tcp . 80 : return }',
      'ip kube-proxy unavailable { 10.96.0.10 . tcp . 80 : accept }',
    ]);
  });
});
