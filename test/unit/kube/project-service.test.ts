import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Interner } from '../../../src/kube/interner.ts';
import { projectService } from '../../../src/kube/project-service.ts';
import type { Service } from '../../../src/kube/types.ts';

const project = (raw: unknown) => projectService(raw, new Interner());

const full = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: {
    namespace: 'default',
    name: 'web',
    uid: 'uid-1',
    creationTimestamp: '2026-01-02T03:04:05Z',
    resourceVersion: '7',
    managedFields: [{}],
  },
  spec: {
    type: 'LoadBalancer',
    clusterIP: '10.96.0.10',
    clusterIPs: ['10.96.0.10', 'fd00:10:96::10'],
    ipFamilies: ['IPv4', 'IPv6'],
    selector: { app: 'web' },
    ports: [
      { name: 'http', protocol: 'TCP', port: 80, targetPort: 'http', nodePort: 30080 },
      { port: 53, protocol: 'UDP' },
      { name: 'plain', port: 81 },
    ],
    externalIPs: ['192.0.2.1'],
    loadBalancerSourceRanges: ['198.51.100.0/24'],
    externalTrafficPolicy: 'Local',
    internalTrafficPolicy: 'Cluster',
    healthCheckNodePort: 31000,
    sessionAffinity: 'ClientIP',
    sessionAffinityConfig: { clientIP: { timeoutSeconds: 600 } },
  },
  status: {
    loadBalancer: {
      ingress: [{ ip: '203.0.113.1', ipMode: 'Proxy' }, { ip: '203.0.113.2' }, { hostname: 'lb.example.com' }],
    },
  },
};

const projected: Service = {
  namespace: 'default',
  name: 'web',
  uid: 'uid-1',
  creationTimestamp: '2026-01-02T03:04:05Z',
  type: 'LoadBalancer',
  clusterIP: '10.96.0.10',
  clusterIPs: ['10.96.0.10', 'fd00:10:96::10'],
  ipFamilies: ['IPv4', 'IPv6'],
  ports: [
    { name: 'http', protocol: 'TCP', port: 80, nodePort: 30080 },
    { name: '', protocol: 'UDP', port: 53, nodePort: 0 },
    { name: 'plain', protocol: 'TCP', port: 81, nodePort: 0 },
  ],
  externalIPs: ['192.0.2.1'],
  loadBalancerIngress: [
    { ip: '203.0.113.1', ipMode: 'Proxy' },
    { ip: '203.0.113.2', ipMode: undefined },
  ],
  loadBalancerSourceRanges: ['198.51.100.0/24'],
  externalTrafficPolicy: 'Local',
  internalTrafficPolicy: 'Cluster',
  healthCheckNodePort: 31_000,
  sessionAffinity: 'ClientIP',
  affinityTimeoutSeconds: 600,
};

describe('projectService', () => {
  test('keeps exactly the fields that are read', () => {
    expect(project(full)).toStrictEqual({ object: projected, problems: [] });
  });

  test('a Service with nothing in it is one with nothing in it', () => {
    expect(project({ metadata: { name: 'web' } })).toStrictEqual({
      object: {
        namespace: 'default',
        name: 'web',
        uid: '',
        creationTimestamp: '',
        type: 'ClusterIP',
        clusterIP: '',
        clusterIPs: [],
        ipFamilies: [],
        ports: [],
        externalIPs: [],
        loadBalancerIngress: [],
        loadBalancerSourceRanges: [],
        externalTrafficPolicy: '',
        internalTrafficPolicy: '',
        healthCheckNodePort: 0,
        sessionAffinity: '',
        affinityTimeoutSeconds: undefined,
      },
      problems: [],
    });
  });

  const wrong: readonly {
    name: string;
    spec?: object;
    status?: object;
    field: string;
    message: string;
    kept?: Partial<Service>;
  }[] = [
    {
      name: 'ports that are no list',
      spec: { ports: { port: 80 } },
      field: 'spec.ports',
      message: 'is an object, not a list',
      kept: { ports: [] },
    },
    {
      name: 'a port that is no object',
      spec: { ports: [80, { port: 81 }] },
      field: 'spec.ports[0]',
      message: 'is the number 80, not an object',
      kept: { ports: [{ name: '', protocol: 'TCP', port: 81, nodePort: 0 }] },
    },
    {
      name: 'a port without a number',
      spec: { ports: [{ name: 'a' }] },
      field: 'spec.ports[0].port',
      message: 'is missing',
      kept: { ports: [] },
    },
    {
      name: 'a port number as text',
      spec: { ports: [{ port: 81 }, { port: '80' }] },
      field: 'spec.ports[1].port',
      message: 'is a string, not a whole number',
    },
    {
      name: 'a fraction of a port',
      spec: { ports: [{ port: 80.5 }] },
      field: 'spec.ports[0].port',
      message: 'is the number 80.5, not a whole number',
      kept: { ports: [] },
    },
    {
      name: 'an address that is no text',
      spec: { externalIPs: ['192.0.2.1', null, 7] },
      field: 'spec.externalIPs[2]',
      message: 'is the number 7, not a string',
      kept: { externalIPs: ['192.0.2.1'] },
    },
    {
      name: 'a policy that is no text',
      spec: { externalTrafficPolicy: true },
      field: 'spec.externalTrafficPolicy',
      message: 'is true, not a string',
      kept: { externalTrafficPolicy: '' },
    },
    {
      name: 'an ingress that is no object',
      status: { loadBalancer: { ingress: ['1.2.3.4', { ip: '203.0.113.1' }] } },
      field: 'status.loadBalancer.ingress[0]',
      message: 'is a string, not an object',
      kept: { loadBalancerIngress: [{ ip: '203.0.113.1', ipMode: undefined }] },
    },
    {
      name: 'a timeout that is no number',
      spec: { sessionAffinityConfig: { clientIP: { timeoutSeconds: 'x' } } },
      field: 'spec.sessionAffinityConfig.clientIP.timeoutSeconds',
      message: 'is a string, not a whole number',
      kept: { affinityTimeoutSeconds: undefined },
    },
  ];

  test.each(wrong)('$name costs no more than itself', ({ spec, status, field, message, kept }) => {
    const raw = { metadata: { namespace: 'ns', name: 'web' }, spec: { clusterIP: '10.96.0.1', ...spec }, status };
    const { object, problems } = project(raw);
    expect(object).toMatchObject({ name: 'web', clusterIP: '10.96.0.1', ...kept });
    expect(problems).toContainEqual({ object: 'Service ns/web', field, message });
  });

  test.each([
    undefined,
    null,
    3,
    'x',
    [],
    {},
    { metadata: null },
    { metadata: { name: '' } },
    { metadata: { name: 7 } },
  ])('%j has no name and is no Service', raw => {
    expect(project(raw)).toEqual({
      object: undefined,
      problems: [{ object: 'Service', field: 'metadata.name', message: 'is missing' }],
    });
  });

  test('any JSON in any field is borne with', () => {
    const anything = fc.dictionary(fc.constantFrom(...Object.keys(full.spec)), fc.jsonValue());
    fc.assert(
      fc.property(anything, fc.jsonValue(), fc.jsonValue(), (spec, status, labels) => {
        const { object } = project({ metadata: { name: 'web', labels, uid: labels }, spec, status });
        expect(object?.ports.every(port => Number.isInteger(port.port) && port.port !== 0)).toBe(true);
      }),
    );
  });

  test.each([
    { annotations: undefined, ipvs: undefined },
    { annotations: { 'prometheus.io/scrape': 'true' }, ipvs: undefined },
    { annotations: { 'sluice/ipvs-scheduler': ' wlc ' }, ipvs: { scheduler: 'wlc', schedulerFlags: '' } },
    { annotations: { 'sluice/ipvs-scheduler-flags': 'sh-port' }, ipvs: { scheduler: '', schedulerFlags: 'sh-port' } },
    { annotations: 'text', ipvs: undefined },
  ])('annotations $annotations', ({ annotations, ipvs }) => {
    expect(project({ metadata: { name: 'web', annotations } }).object?.ipvs).toEqual(ipvs);
  });
});
