import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Interner } from '../../../src/kube/interner.ts';
import { projectNode } from '../../../src/kube/project-node.ts';
import { projectServiceCIDR } from '../../../src/kube/project-service-cidr.ts';

const project = (raw: unknown) => projectNode(raw, new Interner());

describe('projectNode', () => {
  test('keeps exactly the fields that are read, InternalIPs before ExternalIPs', () => {
    const raw = {
      metadata: { name: 'node-a', uid: 'uid-1', labels: { 'topology.kubernetes.io/zone': 'zone-a', other: 'x' } },
      spec: { podCIDR: '10.244.1.0/24', podCIDRs: ['10.244.1.0/24', 'fd00:10:244:1::/64'], taints: [{ key: 'other' }] },
      status: {
        nodeInfo: { kubeletVersion: 'v1.35.1+k3s1', kernelVersion: '6.1.0' },
        addresses: [
          { type: 'ExternalIP', address: '203.0.113.1' },
          { type: 'Hostname', address: 'node-a' },
          { type: 'InternalIP', address: '192.0.2.1' },
          { type: 'InternalIP', address: 'fd00:100::1' },
          { type: 'InternalIP' },
        ],
      },
    };
    expect(project(raw)).toStrictEqual({
      object: {
        name: 'node-a',
        uid: 'uid-1',
        zone: 'zone-a',
        addresses: ['192.0.2.1', 'fd00:100::1', '203.0.113.1'],
        podCIDRs: ['10.244.1.0/24', 'fd00:10:244:1::/64'],
        isBeingDeleted: false,
        kubeletVersion: 'v1.35.1+k3s1',
      },
      problems: [],
    });
  });

  const deletions: readonly { name: string; metadata?: object; spec?: object; isBeingDeleted: boolean }[] = [
    { name: 'a deletionTimestamp', metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' }, isBeingDeleted: true },
    { name: 'a null deletionTimestamp', metadata: { deletionTimestamp: null }, isBeingDeleted: false },
    {
      name: "the autoscaler's taint",
      spec: { taints: [{ key: 'a' }, { key: 'ToBeDeletedByClusterAutoscaler', effect: 'x' }] },
      isBeingDeleted: true,
    },
    {
      name: 'another taint',
      spec: { taints: [{ key: 'DeletionCandidateOfClusterAutoscaler' }] },
      isBeingDeleted: false,
    },
  ];

  test.each(deletions)('$name', ({ metadata, spec, isBeingDeleted }) => {
    expect(project({ metadata: { name: 'node-a', ...metadata }, spec }).object?.isBeingDeleted).toBe(isBeingDeleted);
  });

  test('without a zone label there is no zone, not an empty one', () => {
    expect(project({ metadata: { name: 'node-a' } }).object?.zone).toBeUndefined();
    expect(project({ metadata: { name: 'node-a', labels: { 'topology.kubernetes.io/zone': '' } } }).object?.zone).toBe(
      '',
    );
  });

  test('any JSON is borne with', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.array(fc.jsonValue()), (spec, labels, addresses) => {
        const raw = { metadata: { name: 'n', labels, uid: labels }, spec, status: { addresses } };
        expect(project(raw).object?.name).toBe('n');
      }),
    );
    expect(project(7)).toMatchObject({ object: undefined, problems: [{ field: 'metadata.name' }] });
  });
});

describe('projectServiceCIDR', () => {
  test('keeps the CIDRs', () => {
    const raw = { metadata: { name: 'kubernetes' }, spec: { cidrs: ['10.96.0.0/16', 'fd00:10:96::/112'] } };
    expect(projectServiceCIDR(raw)).toStrictEqual({
      object: { name: 'kubernetes', cidrs: ['10.96.0.0/16', 'fd00:10:96::/112'] },
      problems: [],
    });
  });

  test('bears with any JSON', () => {
    expect(projectServiceCIDR({ metadata: { name: 'a' }, spec: { cidrs: [7, '10.96.0.0/16'] } })).toEqual({
      object: { name: 'a', cidrs: ['10.96.0.0/16'] },
      problems: [{ object: 'ServiceCIDR a', field: 'spec.cidrs[0]', message: 'is the number 7, not a string' }],
    });
    expect(projectServiceCIDR([]).object).toBeUndefined();
  });
});
