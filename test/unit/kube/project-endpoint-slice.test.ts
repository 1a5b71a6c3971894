import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NONE } from '../../../src/kube/field-reader.ts';
import { Interner } from '../../../src/kube/interner.ts';
import { projectEndpointSlice } from '../../../src/kube/project-endpoint-slice.ts';
import type { EndpointSlice, SliceEndpoint } from '../../../src/kube/types.ts';

const sliceOf = (fields: object, metadata: object = {}): object => ({
  metadata: { namespace: 'ns', name: 'web-abc', labels: { 'kubernetes.io/service-name': 'web' }, ...metadata },
  addressType: 'IPv4',
  ...fields,
});

const project = (raw: unknown) => projectEndpointSlice(raw, new Interner());

function objectOf(raw: unknown): EndpointSlice {
  const { object } = project(raw);
  if (!object) throw new Error('no object');
  return object;
}

const plain: SliceEndpoint = {
  address: '10.244.1.10',
  traits: { ready: true, serving: true, terminating: false, nodeName: '', zoneHints: [], nodeHints: [] },
};

describe('projectEndpointSlice', () => {
  test('keeps exactly the fields that are read', () => {
    const raw = sliceOf(
      {
        ports: [{ name: 'http', port: 8080, protocol: 'TCP', appProtocol: 'h2c' }],
        endpoints: [
          {
            addresses: ['10.244.1.10', '10.244.1.11'],
            conditions: { ready: false, serving: true, terminating: true },
            nodeName: 'node-a',
            zone: 'zone-a',
            hints: { forZones: [{ name: 'zone-a' }, { name: 'zone-b' }], forNodes: [{ name: 'node-a' }] },
            targetRef: { kind: 'Pod', name: 'web-1' },
          },
        ],
      },
      { annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': '2026-01-02T03:04:05.678901234Z' } },
    );
    expect(project(raw)).toStrictEqual({
      object: {
        namespace: 'ns',
        name: 'web-abc',
        serviceName: 'web',
        addressType: 'IPv4',
        ports: [{ name: 'http', protocol: 'TCP', port: 8080 }],
        endpoints: [
          {
            address: '10.244.1.10',
            traits: {
              ready: false,
              serving: true,
              terminating: true,
              nodeName: 'node-a',
              zoneHints: ['zone-a', 'zone-b'],
              nodeHints: ['node-a'],
            },
          },
        ],
        triggerTimeMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
      },
      problems: [],
    });
  });

  const conditions: readonly {
    name: string;
    conditions: unknown;
    ready: boolean;
    serving: boolean;
    terminating: boolean;
  }[] = [
    { name: 'none', conditions: undefined, ready: true, serving: true, terminating: false },
    {
      name: 'null ones',
      conditions: { ready: null, serving: null, terminating: null },
      ready: true,
      serving: true,
      terminating: false,
    },
    { name: 'ready false alone', conditions: { ready: false }, ready: false, serving: true, terminating: false },
    { name: 'serving false alone', conditions: { serving: false }, ready: true, serving: false, terminating: false },
    { name: 'terminating alone', conditions: { terminating: true }, ready: true, serving: true, terminating: true },
  ];

  test.each(conditions)('conditions: $name', ({ conditions: given, ready, serving, terminating }) => {
    const { endpoints } = objectOf(sliceOf({ endpoints: [{ addresses: ['10.244.1.10'], conditions: given }] }));
    expect(endpoints).toEqual([{ ...plain, traits: { ...plain.traits, ready, serving, terminating } }]);
  });

  const ports: readonly { name: string; ports: unknown; kept: EndpointSlice['ports']; problems: number }[] = [
    {
      name: 'the unnamed port',
      ports: [{ name: '', port: 80, protocol: 'UDP' }],
      kept: [{ name: '', protocol: 'UDP', port: 80 }],
      problems: 0,
    },
    { name: 'no name at all', ports: [{ port: 80 }, { name: null, port: 81 }], kept: [], problems: 0 },
    {
      name: 'no number',
      ports: [{ name: 'a' }, { name: 'b', port: null }, { name: 'c', port: 0 }],
      kept: [],
      problems: 0,
    },
    {
      name: 'no protocol is TCP',
      ports: [{ name: 'a', port: 80, protocol: null }],
      kept: [{ name: 'a', protocol: 'TCP', port: 80 }],
      problems: 0,
    },
    { name: 'null ports', ports: null, kept: [], problems: 0 },
    { name: 'a name that is no text', ports: [{ name: 7, port: 80 }], kept: [], problems: 1 },
    { name: 'a number that is none', ports: [{ name: 'a', port: '80' }], kept: [], problems: 1 },
  ];

  test.each(ports)('ports: $name', ({ ports: given, kept, problems }) => {
    const result = project(sliceOf({ ports: given }));
    expect(result.object?.ports).toEqual(kept);
    expect(result.problems).toHaveLength(problems);
  });

  test('endpoints without an address are left out', () => {
    const given = [{}, { addresses: [] }, { addresses: null }, { addresses: [''] }, { addresses: ['10.244.1.10'] }];
    expect(project(sliceOf({ endpoints: given }))).toMatchObject({ object: { endpoints: [plain] }, problems: [] });
  });

  const wrong: readonly { name: string; endpoint: unknown; field: string; count: number }[] = [
    { name: 'no object', endpoint: 'x', field: 'endpoints[1]', count: 1 },
    { name: 'an address that is no text', endpoint: { addresses: [7] }, field: 'endpoints[1].addresses[0]', count: 1 },
    {
      name: 'a condition that is no truth value',
      endpoint: { addresses: ['10.244.1.11'], conditions: { ready: 'no' } },
      field: 'endpoints[1].conditions.ready',
      count: 2,
    },
    {
      name: 'hints that are no list',
      endpoint: { addresses: ['10.244.1.11'], hints: { forZones: 'a' } },
      field: 'endpoints[1].hints.forZones',
      count: 2,
    },
    {
      name: 'a hint that is no object',
      endpoint: { addresses: ['10.244.1.11'], hints: { forNodes: ['a'] } },
      field: 'endpoints[1].hints.forNodes[0]',
      count: 2,
    },
  ];

  test.each(wrong)('an endpoint with $name does not cost the others', ({ endpoint, field, count }) => {
    const { object, problems } = project(sliceOf({ endpoints: [{ addresses: ['10.244.1.10'] }, endpoint] }));
    expect(object?.endpoints).toHaveLength(count);
    expect(object?.endpoints[0]).toEqual(plain);
    expect(problems.map(problem => problem.field)).toEqual([field]);
    expect(problems[0]?.object).toBe('EndpointSlice ns/web-abc');
  });

  const times: readonly { annotation: unknown; timeMs: number | undefined }[] = [
    { annotation: '2026-01-02T03:04:05Z', timeMs: Date.UTC(2026, 0, 2, 3, 4, 5) },
    { annotation: 'yesterday', timeMs: undefined },
    { annotation: 7, timeMs: undefined },
    { annotation: undefined, timeMs: undefined },
  ];

  test.each(times)('trigger time $annotation', ({ annotation, timeMs }) => {
    const annotations = { 'endpoints.kubernetes.io/last-change-trigger-time': annotation };
    expect(objectOf(sliceOf({}, { annotations })).triggerTimeMs).toBe(timeMs);
  });

  test('what many endpoints share is one object', () => {
    const interner = new Interner();
    const make = (): EndpointSlice | undefined =>
      projectEndpointSlice(
        JSON.parse(
          JSON.stringify(
            sliceOf({
              ports: [{ name: 'http', port: 80 }],
              endpoints: [
                { addresses: ['10.244.1.10'], hints: { forZones: [{ name: 'zone-a' }] } },
                { addresses: ['10.244.1.11'] },
              ],
            }),
          ),
        ),
        interner,
      ).object;
    const [first, second] = [make(), make()];
    expect(first?.ports).toBe(second?.ports);
    expect(first?.endpoints[0]?.traits).toBe(second?.endpoints[0]?.traits);
    expect(first?.endpoints[1]?.traits).toBe(second?.endpoints[1]?.traits);
    expect(first?.endpoints[0]?.traits.nodeHints).toBe(NONE);
    expect(first?.endpoints[1]?.traits.zoneHints).toBe(NONE);
  });

  test('any JSON is borne with', () => {
    const endpoint = fc.dictionary(fc.constantFrom('addresses', 'conditions', 'hints', 'nodeName'), fc.jsonValue());
    const ports = fc.oneof(
      fc.jsonValue(),
      fc.array(fc.dictionary(fc.constantFrom('name', 'port', 'protocol'), fc.jsonValue())),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(endpoint, fc.jsonValue())), ports, fc.jsonValue(), (endpoints, given, labels) => {
        const object = objectOf(
          sliceOf({ endpoints, ports: given, addressType: labels }, { labels, annotations: labels }),
        );
        for (const { address, traits } of object.endpoints) {
          expect(address).not.toBe('');
          expect(typeof traits.ready).toBe('boolean');
        }
      }),
    );
  });
});
