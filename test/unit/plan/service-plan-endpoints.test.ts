import { describe, expect, it } from 'vitest';
import type { EndpointSlice, Service } from '../../../src/kube/types.ts';
import { familyLabel } from '../../../src/model/ip.ts';
import { planService } from '../../../src/plan/service-plan.ts';
import { ADDRESSES, OTHER_NODE_NAME } from '../../support/addresses.ts';
import {
  DRAINING,
  endpointSlice,
  NOT_READY,
  nodeView,
  SERVING,
  service,
  servicePortSpec,
  sliceEndpoint,
  slicePort,
  STOPPED,
} from '../../support/builders.ts';

describe.each(['ipv4', 'ipv6'] as const)('endpoints of a plan in %s', family => {
  const stage = ADDRESSES[family];
  const { clusterIP, podA, podB, remoteA } = stage;
  const addressType = familyLabel[family];
  const text = (address: string, port = 8080) => (family === 'ipv4' ? `${address}:${port}` : `[${address}]:${port}`);
  const [here, alsoHere] = [sliceEndpoint({ address: podA }), sliceEndpoint({ address: podB })];
  const there = sliceEndpoint({ address: remoteA, nodeName: OTHER_NODE_NAME });
  const slice = (overrides: Partial<EndpointSlice> = {}) =>
    endpointSlice({ addressType, endpoints: [here, there], ...overrides });
  const plan = (overrides: Partial<Service>, slices: readonly EndpointSlice[] = [slice()]) =>
    planService({ service: service({ clusterIP, ...overrides }), slices }, family, nodeView());

  describe('which endpoints a port has', () => {
    const nodePorts = [servicePortSpec({ nodePort: 30_080 })];

    it.each<{ name: string; given: Partial<Service>; cluster: boolean; local: boolean }>([
      { name: 'ClusterIP', given: {}, cluster: true, local: false },
      { name: 'internal Local', given: { internalTrafficPolicy: 'Local' }, cluster: false, local: true },
      {
        name: 'internal Local with a node port (E-33)',
        given: { type: 'NodePort', ports: nodePorts, internalTrafficPolicy: 'Local' },
        cluster: true,
        local: true,
      },
      {
        name: 'external Local',
        given: { type: 'NodePort', ports: nodePorts, externalTrafficPolicy: 'Local' },
        cluster: true,
        local: true,
      },
      {
        name: 'external Local without access',
        given: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 1 },
        cluster: true,
        local: false,
      },
    ])('$name: cluster $cluster, local $local', ({ given, cluster, local }) => {
      const port = plan(given)?.ports[0];
      expect(port?.clusterEndpoints).toHaveLength(cluster ? 2 : 0);
      expect(port?.localEndpoints).toHaveLength(local ? 1 : 0);
      expect(port?.leftOut).toHaveLength(local ? 1 : 0);
    });
  });

  it('gives each port the endpoints of its name and protocol (E-15)', () => {
    const ports = [
      servicePortSpec({ name: 'dns', protocol: 'UDP', port: 53 }),
      servicePortSpec({ name: 'dns-tcp', port: 53 }),
      servicePortSpec({ name: 'admin', port: 81 }),
    ];
    const slicePorts = [
      slicePort({ name: 'dns', protocol: 'UDP', port: 5353 }),
      slicePort({ name: 'dns-tcp', port: 5354 }),
      slicePort({ name: 'stray', port: 81 }),
    ];
    const found = plan({ ports }, [slice({ ports: slicePorts, endpoints: [here] })]);
    expect(found?.ports.map(port => port.clusterEndpoints.map(one => one.port))).toEqual([[5353], [5354], []]);
    expect(found?.ports.map(port => port.virtualServers[0]?.unavailable)).toEqual([undefined, undefined, 'reject']);
  });

  it('tells for UDP which flows may go on: of all that serve, whatever policies and hints say', () => {
    const endpoints = [
      sliceEndpoint({ address: podA, ...SERVING }),
      sliceEndpoint({ address: podB, ...STOPPED }),
      sliceEndpoint({ address: remoteA, nodeName: OTHER_NODE_NAME, ...DRAINING, zoneHints: ['zone-b'] }),
      sliceEndpoint({ address: stage.remoteB, nodeName: OTHER_NODE_NAME, ready: true, serving: false }),
    ];
    const ports = [servicePortSpec({ protocol: 'UDP', port: 53 }), servicePortSpec({ protocol: 'TCP', port: 53 })];
    const slicePorts = [slicePort({ protocol: 'UDP', port: 53 }), slicePort({ protocol: 'TCP', port: 53 })];
    const found = plan({ internalTrafficPolicy: 'Local', ports }, [slice({ ports: slicePorts, endpoints })]);
    expect(found?.ports.map(port => port.servingEndpoints)).toEqual([
      [text(podA, 53), text(remoteA, 53), text(stage.remoteB, 53)],
      [],
    ]);
  });

  describe('localReadyEndpoints (3.6, E-40)', () => {
    const ports = ['a', 'b'].map((name, i) => servicePortSpec({ name, port: 80 + i }));

    it.each([
      { name: 'none', slices: [], count: 0 },
      { name: 'ready and here', slices: [slice({ ports: [slicePort({ name: 'a' })] })], count: 1 },
      {
        name: 'one address at two ports',
        slices: [
          slice({
            ports: [slicePort({ name: 'a' }), slicePort({ name: 'b', port: 8081 })],
            endpoints: [here, alsoHere],
          }),
        ],
        count: 2,
      },
      {
        name: 'addresses of one port only',
        slices: [
          slice({ ports: [slicePort({ name: 'a' })], endpoints: [here] }),
          slice({ name: 'web-2', ports: [slicePort({ name: 'b' })], endpoints: [here, alsoHere] }),
        ],
        count: 2,
      },
      {
        name: 'draining and unready ones',
        slices: [
          slice({
            ports: [slicePort({ name: 'a' })],
            endpoints: [sliceEndpoint({ address: podA, ...DRAINING }), sliceEndpoint({ address: podB, ...NOT_READY })],
          }),
        ],
        count: 0,
      },
    ])('$name: $count', ({ slices, count }) => {
      expect(plan({ ports }, slices)?.localReadyEndpoints).toBe(count);
    });
  });
});
