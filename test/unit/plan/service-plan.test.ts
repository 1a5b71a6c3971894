import { describe, expect, it } from 'vitest';
import type { EndpointSlice, Service } from '../../../src/kube/types.ts';
import { familyLabel } from '../../../src/model/ip.ts';
import { planService } from '../../../src/plan/service-plan.ts';
import { ADDRESSES, OTHER_NODE_NAME } from '../../support/addresses.ts';
import {
  endpointSlice,
  nodeView,
  service,
  servicePortSpec,
  sliceEndpoint,
  slicePort,
  STOPPED,
} from '../../support/builders.ts';

describe.each(['ipv4', 'ipv6'] as const)('planService in %s', family => {
  const stage = ADDRESSES[family];
  const { clusterIP, podA, podB, remoteA } = stage;
  const addressType = familyLabel[family];
  const [here, alsoHere] = [sliceEndpoint({ address: podA }), sliceEndpoint({ address: podB })];
  const there = sliceEndpoint({ address: remoteA, nodeName: OTHER_NODE_NAME });
  const slice = (overrides: Partial<EndpointSlice> = {}) =>
    endpointSlice({ addressType, endpoints: [here, there], ...overrides });
  const plan = (overrides: Partial<Service>, slices: readonly EndpointSlice[] = [slice()]) =>
    planService({ service: service({ clusterIP, ...overrides }), slices }, family, nodeView());

  it('forwards no external IP where the node does not, and whatever else there is', () => {
    const [externalIP, vip] = family === 'ipv4' ? ['203.0.113.7', '203.0.113.8'] : ['2001:db8:5::7', '2001:db8:5::8'];
    const told = service({
      clusterIP,
      externalIPs: [externalIP],
      loadBalancerIngress: [{ ip: vip, ipMode: undefined }],
      ports: [servicePortSpec({ nodePort: 30_080 })],
    });
    const kindsOf = (ignoresExternalIPs: boolean) =>
      planService({ service: told, slices: [slice()] }, family, { ...nodeView(), ignoresExternalIPs })?.ports.flatMap(
        ({ virtualServers }) => virtualServers.map(({ kind }) => kind),
      );
    expect(kindsOf(false)).toEqual(['ClusterIP', 'ExternalIP', 'LoadBalancer', 'NodePort']);
    expect(kindsOf(true)).toEqual(['ClusterIP', 'LoadBalancer', 'NodePort']);
  });

  it('plans a Service in full', () => {
    expect(
      plan({ internalTrafficPolicy: 'Local', ports: [servicePortSpec({ nodePort: 30_080 })], type: 'NodePort' }),
    ).toEqual({
      service: 'default/web',
      family,
      seniority: '2026-01-01T00:00:00Z default/web',
      ports: [
        {
          servicePort: {
            namespace: 'default',
            service: 'web',
            portName: '',
            protocol: 'TCP',
            clusterIP,
            port: 80,
            nodePort: 30_080,
            externalIPs: [],
            loadBalancerIPs: [],
            sourceRanges: [],
            internalTrafficPolicy: 'local',
            externalTrafficPolicy: 'cluster',
            affinityTimeoutSeconds: undefined,
          },
          clusterEndpoints: [
            { address: podA, port: 8080, isLocal: true },
            { address: remoteA, port: 8080, isLocal: false },
          ],
          localEndpoints: [{ address: podA, port: 8080, isLocal: true }],
          hasEndpoints: true,
          leftOut: [
            { endpoint: { address: remoteA, ...there.traits, port: 8080 }, from: 'local', reason: 'not-local' },
          ],
          virtualServers: [
            {
              kind: 'ClusterIP',
              address: clusterIP,
              port: 80,
              protocol: 'TCP',
              forward: 'local',
              unavailable: undefined,
              masquerade: false,
              sourceRanges: undefined,
            },
            {
              kind: 'NodePort',
              address: undefined,
              port: 30_080,
              protocol: 'TCP',
              forward: 'cluster',
              unavailable: undefined,
              masquerade: true,
              sourceRanges: undefined,
            },
          ],
          servingEndpoints: [],
        },
      ],
      healthCheckNodePort: 0,
      localReadyEndpoints: 1,
      problems: [],
    });
  });

  it.each<{ name: string; given: Partial<Service> }>([
    { name: 'headless', given: { clusterIP: 'None' } },
    { name: 'ExternalName', given: { type: 'ExternalName' } },
    { name: 'of the other family', given: { clusterIP: ADDRESSES[family === 'ipv4' ? 'ipv6' : 'ipv4'].clusterIP } },
    { name: 'without ports', given: { ports: [] } },
  ])('plans nothing for a Service that is $name', ({ given }) => {
    expect(plan(given)).toBeUndefined();
  });

  it('keeps the problems of a Service of which nothing is left', () => {
    const found = plan({ ports: [servicePortSpec({ port: 0 })] });
    expect(found).toMatchObject({
      ports: [],
      problems: [{ object: 'Service default/web', field: 'spec.ports[0].port' }],
    });
  });

  it('rejects where there is no slice', () => {
    const found = plan({}, []);
    expect(found?.ports).toMatchObject([
      { hasEndpoints: false, virtualServers: [{ forward: 'none', unavailable: 'reject' }] },
    ]);
  });

  it('passes over slices of the other family', () => {
    const other = family === 'ipv4' ? 'IPv6' : 'IPv4';
    const found = plan({}, [slice({ endpoints: [here] }), slice({ name: 'other', addressType: other })]);
    expect(found?.ports[0]?.clusterEndpoints).toEqual([{ address: podA, port: 8080, isLocal: true }]);
    expect(found?.problems).toEqual([]);
  });

  it('tells the health check port', () => {
    const found = plan({ type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 32_080 });
    expect(found?.healthCheckNodePort).toBe(32_080);
  });

  it('puts source ranges with the node in them on every port', () => {
    const ports = [servicePortSpec({ name: 'a' }), servicePortSpec({ name: 'b', port: 81 })];
    const found = plan({
      type: 'LoadBalancer',
      ports,
      loadBalancerIngress: [{ ip: stage.loadBalancerIP, ipMode: 'VIP' }],
      loadBalancerSourceRanges: [stage.lan],
    });
    const bits = family === 'ipv4' ? 32 : 128;
    expect(found?.ports.map(port => port.virtualServers[1]?.sourceRanges?.map(({ prefix }) => prefix))).toEqual([
      [family === 'ipv4' ? 24 : 64, bits],
      [family === 'ipv4' ? 24 : 64, bits],
    ]);
  });

  it('names a wrong endpoint once, however many ports there are', () => {
    const ports = ['a', 'b'].map((name, i) => servicePortSpec({ name, port: 80 + i }));
    const slices = [
      slice({ ports: ports.map(({ name }) => slicePort({ name })), endpoints: [{ ...here, address: 'nonsense' }] }),
    ];
    expect(plan({ ports }, slices)?.problems).toEqual([
      {
        object: `EndpointSlice default/web-${addressType.toLowerCase()}`,
        field: 'endpoints[0].addresses[0]',
        message: `"nonsense" is not an ${addressType} address`,
      },
    ]);
  });

  it('is the same for the same input, slices in any order', () => {
    const slices = [
      slice({ name: 'b' }),
      slice({ name: 'a', endpoints: [alsoHere, sliceEndpoint({ address: podA, ...STOPPED })] }),
    ];
    expect(plan({}, slices.toReversed())).toEqual(plan({}, slices));
  });
});

const seniority = (name: string, creationTimestamp: string) =>
  planService({ service: service({ name, creationTimestamp }), slices: [] }, 'ipv4', nodeView())!.seniority;

it('sorts Services by age, then by key, those without a time last', () => {
  const sorted = [
    seniority('z', '2025-12-31T23:59:59Z'),
    seniority('a', '2026-01-01T00:00:00Z'),
    seniority('b', '2026-01-01T00:00:00Z'),
    seniority('a', ''),
    seniority('b', ''),
  ];
  expect(sorted.toSorted()).toEqual(sorted);
});
