import { describe, expect, it } from 'vitest';
import type { Service } from '../../../src/kube/types.ts';
import { parseCidr } from '../../../src/model/ip.ts';
import {
  formatServicePort,
  isExternallyAccessible,
  type ServicePort,
  servicePortsOf,
  usesClusterEndpoints,
  usesLocalEndpoints,
} from '../../../src/model/service-port.ts';
import { ADDRESSES } from '../../support/addresses.ts';
import { service, servicePort, servicePortSpec } from '../../support/builders.ts';

describe.each(['ipv4', 'ipv6'] as const)('servicePortsOf in %s', family => {
  const { clusterIP, externalIP, loadBalancerIP, lan } = ADDRESSES[family];
  const read = (overrides: Partial<Service>) => servicePortsOf(service({ clusterIP, ...overrides }), family);

  it('reads every field of every port', () => {
    const { ports, healthCheckNodePort, problems } = read({
      namespace: 'shop',
      name: 'cart',
      type: 'LoadBalancer',
      ports: [
        servicePortSpec({ name: 'http', nodePort: 30_080 }),
        servicePortSpec({ name: 'dns', protocol: 'UDP', port: 53 }),
        servicePortSpec({ name: 'sip', protocol: 'SCTP', port: 80, nodePort: 30_080 }),
      ],
      externalIPs: [externalIP],
      loadBalancerIngress: [{ ip: loadBalancerIP, ipMode: 'VIP' }],
      loadBalancerSourceRanges: [lan],
      internalTrafficPolicy: 'Local',
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 32_080,
      sessionAffinity: 'ClientIP',
      affinityTimeoutSeconds: 600,
    });
    const shared = {
      namespace: 'shop',
      service: 'cart',
      clusterIP,
      externalIPs: [externalIP],
      loadBalancerIPs: [loadBalancerIP],
      sourceRanges: [parseCidr(lan)],
      internalTrafficPolicy: 'local',
      externalTrafficPolicy: 'local',
      affinityTimeoutSeconds: 600,
    };
    expect(ports).toEqual([
      { ...shared, portName: 'http', protocol: 'TCP', port: 80, nodePort: 30_080 },
      { ...shared, portName: 'dns', protocol: 'UDP', port: 53, nodePort: 0 },
      { ...shared, portName: 'sip', protocol: 'SCTP', port: 80, nodePort: 30_080 },
    ]);
    expect(healthCheckNodePort).toBe(32_080);
    expect(problems).toEqual([]);
  });

  it.each<{ name: string; given: Partial<Service> }>([
    { name: 'headless', given: { clusterIP: 'None', clusterIPs: ['None'] } },
    { name: 'headless, whatever clusterIPs say', given: { clusterIP: 'None', clusterIPs: [clusterIP] } },
    { name: 'without a ClusterIP', given: { clusterIP: '', clusterIPs: [] } },
    { name: 'ExternalName', given: { type: 'ExternalName' } },
    { name: 'of the other family', given: { clusterIP: ADDRESSES[family === 'ipv4' ? 'ipv6' : 'ipv4'].clusterIP } },
  ])('passes over a Service that is $name, with all that it has (1.5, E-14)', ({ given }) => {
    const more = {
      externalIPs: [externalIP, 'nonsense'],
      ports: [servicePortSpec({ nodePort: 30_080, protocol: 'x' })],
    };
    expect(read({ ...more, ...given })).toEqual({ ports: [], healthCheckNodePort: 0, problems: [] });
  });

  it('names object and field of what is wrong, and goes on with the rest', () => {
    const { ports, problems } = read({
      ports: [servicePortSpec({ name: 'bad', port: 0 }), servicePortSpec({ name: 'good', nodePort: -1 })],
      externalIPs: [externalIP, 'nonsense'],
      loadBalancerSourceRanges: ['10/8'],
    });
    expect(ports).toEqual([expect.objectContaining({ portName: 'good', nodePort: 0, externalIPs: [externalIP] })]);
    expect(problems.map(({ field }) => field)).toEqual([
      'spec.externalIPs[1]',
      'spec.loadBalancerSourceRanges[0]',
      'spec.ports[0].port',
      'spec.ports[1].nodePort',
    ]);
    expect(problems[0]).toEqual({
      object: 'Service default/web',
      field: 'spec.externalIPs[1]',
      message: '"nonsense" is not an IP address',
    });
  });

  it('reports a ClusterIP that is no address', () => {
    const ipFamilies = [family === 'ipv4' ? 'IPv4' : 'IPv6'];
    const { ports, problems } = read({ clusterIP: '10.96.0.300', clusterIPs: ['10.96.0.300'], ipFamilies });
    expect(ports).toEqual([]);
    expect(problems).toMatchObject([{ field: 'spec.clusterIPs[0]' }]);
  });
});

describe('traffic policies (2.1)', () => {
  it.each<{ name: string; given: Partial<Service>; internal: string; external: string }>([
    { name: 'nothing said', given: { internalTrafficPolicy: '' }, internal: 'cluster', external: 'cluster' },
    { name: 'Cluster', given: { internalTrafficPolicy: 'Cluster' }, internal: 'cluster', external: 'cluster' },
    { name: 'internal Local', given: { internalTrafficPolicy: 'Local' }, internal: 'local', external: 'cluster' },
    {
      name: 'NodePort',
      given: { type: 'NodePort', externalTrafficPolicy: 'Local' },
      internal: 'cluster',
      external: 'local',
    },
    {
      name: 'LoadBalancer',
      given: { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 1 },
      internal: 'cluster',
      external: 'local',
    },
    {
      name: 'ClusterIP without external IPs',
      given: { externalTrafficPolicy: 'Local' },
      internal: 'cluster',
      external: 'cluster',
    },
    {
      name: 'ClusterIP with external IPs',
      given: { externalTrafficPolicy: 'Local', externalIPs: ['203.0.113.30'] },
      internal: 'cluster',
      external: 'local',
    },
    {
      name: 'no type with external IPs',
      given: { type: '', externalTrafficPolicy: 'Local', externalIPs: ['203.0.113.30'] },
      internal: 'cluster',
      external: 'local',
    },
    {
      name: 'ClusterIP with a load balancer IP only',
      given: { externalTrafficPolicy: 'Local', loadBalancerIngress: [{ ip: '203.0.113.20', ipMode: undefined }] },
      internal: 'cluster',
      external: 'cluster',
    },
  ])('$name', ({ given, internal, external }) => {
    const { ports, problems } = servicePortsOf(service(given), 'ipv4');
    expect(ports).toMatchObject([{ internalTrafficPolicy: internal, externalTrafficPolicy: external }]);
    expect(problems).toEqual([]);
  });
});

describe('healthCheckNodePort (2.1)', () => {
  const local = { type: 'LoadBalancer', externalTrafficPolicy: 'Local', healthCheckNodePort: 32_080 };

  it.each<{ name: string; given: Partial<Service>; port: number; reported?: string[] }>([
    { name: 'LoadBalancer of policy Local', given: local, port: 32_080 },
    { name: 'LoadBalancer of policy Cluster', given: { ...local, externalTrafficPolicy: 'Cluster' }, port: 0 },
    { name: 'NodePort of policy Local', given: { ...local, type: 'NodePort' }, port: 0 },
    {
      name: 'internal policy Local',
      given: { ...local, externalTrafficPolicy: 'Cluster', internalTrafficPolicy: 'Local' },
      port: 0,
    },
    { name: 'without a port of the Service', given: { ...local, ports: [] }, port: 0 },
    { name: 'missing', given: { ...local, healthCheckNodePort: 0 }, port: 0, reported: ['spec.healthCheckNodePort'] },
    {
      name: 'out of range',
      given: { ...local, healthCheckNodePort: 65_536 },
      port: 0,
      reported: ['spec.healthCheckNodePort'],
    },
  ])('$name: $port', ({ given, port, reported = [] }) => {
    const { healthCheckNodePort, problems } = servicePortsOf(service(given), 'ipv4');
    expect(healthCheckNodePort).toBe(port);
    expect(problems.map(({ field }) => field)).toEqual(reported);
  });
});

describe('sessionAffinity (2.1)', () => {
  it.each<{ name: string; given: Partial<Service>; seconds: number | undefined; problems?: number }>([
    { name: 'None', given: { sessionAffinity: 'None', affinityTimeoutSeconds: 10 }, seconds: undefined },
    { name: 'nothing said', given: { sessionAffinity: '' }, seconds: undefined },
    { name: 'ClientIP', given: { sessionAffinity: 'ClientIP', affinityTimeoutSeconds: 10 }, seconds: 10 },
    { name: 'ClientIP without a timeout', given: { sessionAffinity: 'ClientIP' }, seconds: 10_800 },
    { name: 'the longest', given: { sessionAffinity: 'ClientIP', affinityTimeoutSeconds: 86_400 }, seconds: 86_400 },
    {
      name: 'too long',
      given: { sessionAffinity: 'ClientIP', affinityTimeoutSeconds: 86_401 },
      seconds: 10_800,
      problems: 1,
    },
    { name: 'zero', given: { sessionAffinity: 'ClientIP', affinityTimeoutSeconds: 0 }, seconds: 10_800, problems: 1 },
    {
      name: 'a fraction',
      given: { sessionAffinity: 'ClientIP', affinityTimeoutSeconds: 1.5 },
      seconds: 10_800,
      problems: 1,
    },
  ])('$name: $seconds', ({ given, seconds, problems = 0 }) => {
    const read = servicePortsOf(service(given), 'ipv4');
    expect(read.ports.map(({ affinityTimeoutSeconds }) => affinityTimeoutSeconds)).toEqual([seconds]);
    expect(read.problems).toHaveLength(problems);
  });
});

describe('what a Service asks of IPVS', () => {
  it.each<{ name: string; ipvs: Service['ipvs']; expected: ServicePort['ipvs']; problems?: string[] }>([
    { name: 'nothing', ipvs: undefined, expected: undefined },
    { name: 'a scheduler', ipvs: { scheduler: 'wlc', schedulerFlags: '' }, expected: { scheduler: 'wlc' } },
    {
      name: 'a scheduler with flags',
      ipvs: { scheduler: 'mh', schedulerFlags: 'mh-port, fallback' },
      expected: { scheduler: 'mh', schedulerFlags: ['flag-1', 'flag-2'] },
    },
    { name: 'no flags', ipvs: { scheduler: '', schedulerFlags: 'none' }, expected: { schedulerFlags: [] } },
    {
      name: 'what is no name',
      ipvs: { scheduler: 'rr -p 1', schedulerFlags: '' },
      expected: {},
      problems: ['metadata.annotations[sluice/ipvs-scheduler]'],
    },
    {
      name: 'what is no flag',
      ipvs: { scheduler: 'sh', schedulerFlags: 'sh-fallback,nope' },
      expected: { scheduler: 'sh' },
      problems: ['metadata.annotations[sluice/ipvs-scheduler-flags]'],
    },
  ])('$name', ({ ipvs, expected, problems = [] }) => {
    const read = servicePortsOf(service(ipvs ? { ipvs } : {}), 'ipv4');
    expect(read.ports.map(port => port.ipvs)).toEqual([expected]);
    expect(read.problems.map(({ field }) => field)).toEqual(problems);
  });
});

describe('predicates (2.2)', () => {
  const access: readonly Partial<ServicePort>[] = [
    { nodePort: 30_080 },
    { externalIPs: ['203.0.113.30'] },
    { loadBalancerIPs: ['203.0.113.20'] },
  ];

  it.each<{ name: string; given: Partial<ServicePort>; external: boolean; cluster: boolean; local: boolean }>([
    { name: 'ClusterIP only', given: {}, external: false, cluster: true, local: false },
    { name: 'internal Local', given: { internalTrafficPolicy: 'local' }, external: false, cluster: false, local: true },
    {
      name: 'external Local without access',
      given: { externalTrafficPolicy: 'local' },
      external: false,
      cluster: true,
      local: false,
    },
    ...access.flatMap(one => {
      const name = Object.keys(one).join();
      return [
        { name, given: one, external: true, cluster: true, local: false },
        {
          name: `${name}, external Local`,
          given: { ...one, externalTrafficPolicy: 'local' as const },
          external: true,
          cluster: true,
          local: true,
        },
        {
          name: `${name}, internal Local`,
          given: { ...one, internalTrafficPolicy: 'local' as const },
          external: true,
          cluster: true,
          local: true,
        },
      ];
    }),
  ])('$name', ({ given, external, cluster, local }) => {
    const port = servicePort(given);
    expect(isExternallyAccessible(port)).toBe(external);
    expect(usesClusterEndpoints(port)).toBe(cluster);
    expect(usesLocalEndpoints(port)).toBe(local);
  });
});

it('formatServicePort leaves an empty name out (E-10)', () => {
  expect(formatServicePort(servicePort({ portName: 'http' }))).toBe('default/web:http');
  expect(formatServicePort(servicePort({ portName: '' }))).toBe('default/web');
});
