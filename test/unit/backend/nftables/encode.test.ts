import { describe, expect, it } from 'vitest';
import { encodeChains, encodeElementsJson, encodeElementsText } from '../../../../src/backend/nftables/encode.ts';
import type { ContainerName, ElementDelta, Entry } from '../../../../src/backend/nftables/schema.ts';

const entry = (container: ContainerName, key: string, value = ''): Entry => ({ container, key, value });
const delta: ElementDelta = {
  deletes: [entry('services', '10.96.0.1 . tcp . 80', 'goto cluster-tcp-3'), entry('cluster-ips', '10.96.0.9')],
  adds: [
    entry('services', '10.96.0.1 . tcp . 80', 'goto cluster-tcp-2'),
    entry('unavailable', '10.96.0.2 . udp . 53', 'drop'),
    entry('endpoints-tcp', '65536 . 10.96.0.1 . 80', '10.244.1.2 . 8080'),
    entry('source-ranges', '203.0.113.1 . tcp . 80 . 10.0.0.0/8'),
    entry('source-ranges', '203.0.113.1 . tcp . 80 . 192.168.1.1'),
    entry('service-cidrs', '10.96.0.0/16'),
  ],
};
const element = (name: string, ...elem: unknown[]): unknown => ({
  element: { family: 'ip', table: 'kube-proxy', name, elem },
});

describe('encode', () => {
  it('writes JSON: deletes first, endpoints before what leads to them', () => {
    expect(JSON.parse(encodeElementsJson([['ipv4', delta]]))).toEqual({
      nftables: [
        { delete: element('services', { concat: ['10.96.0.1', 'tcp', 80] }) },
        { delete: element('cluster-ips', '10.96.0.9') },
        { add: element('endpoints-tcp', [{ concat: [65536, '10.96.0.1', 80] }, { concat: ['10.244.1.2', 8080] }]) },
        { add: element('services', [{ concat: ['10.96.0.1', 'tcp', 80] }, { goto: { target: 'cluster-tcp-2' } }]) },
        { add: element('unavailable', [{ concat: ['10.96.0.2', 'udp', 53] }, { drop: null }]) },
        { add: element('service-cidrs', { prefix: { addr: '10.96.0.0', len: 16 } }) },
        {
          add: element(
            'source-ranges',
            { concat: ['203.0.113.1', 'tcp', 80, { prefix: { addr: '10.0.0.0', len: 8 } }] },
            { concat: ['203.0.113.1', 'tcp', 80, '192.168.1.1'] },
          ),
        },
      ],
    });
  });

  it('deletes what only others write', () => {
    const range = JSON.stringify({ range: ['172.16.0.1', '172.16.0.5'] });
    const deletes = [
      entry('endpoints-tcp', '*', '192.0.2.1 . 80'),
      entry('cluster-ips', '*'),
      entry('pod-cidrs', range),
      entry('source-ranges', `203.0.113.0/24 . tcp . ${JSON.stringify({ range: [80, 90] })} . ${range}`),
    ];
    expect(JSON.parse(encodeElementsJson([['ipv4', { deletes, adds: [] }]]))).toEqual({
      nftables: [
        { delete: element('endpoints-tcp', '*') },
        { delete: element('cluster-ips', '*') },
        { delete: element('pod-cidrs', { range: ['172.16.0.1', '172.16.0.5'] }) },
        {
          delete: element('source-ranges', {
            concat: [
              { prefix: { addr: '203.0.113.0', len: 24 } },
              'tcp',
              { range: [80, 90] },
              { range: ['172.16.0.1', '172.16.0.5'] },
            ],
          }),
        },
      ],
    });
  });

  it('writes both families into one document', () => {
    const adds = [entry('cluster-ips', 'fd00::1')];
    const { nftables } = JSON.parse(
      encodeElementsJson([
        ['ipv4', { deletes: [], adds: [entry('cluster-ips', '10.96.0.1')] }],
        ['ipv6', { deletes: [], adds }],
      ]),
    );
    expect(nftables.map((command: { add: { element: { family: string } } }) => command.add.element.family)).toEqual([
      'ip',
      'ip6',
    ]);
  });

  it("writes the same in nft's own syntax", () => {
    expect(encodeElementsText('ipv4', { deletes: delta.deletes, adds: delta.adds.slice(0, 2) })).toBe(
      [
        'delete element ip kube-proxy services {\n  10.96.0.1 . tcp . 80\n}\n',
        'delete element ip kube-proxy cluster-ips {\n  10.96.0.9\n}\n',
        'add element ip kube-proxy services {\n  10.96.0.1 . tcp . 80 : goto cluster-tcp-2\n}\n',
        'add element ip kube-proxy unavailable {\n  10.96.0.2 . udp . 53 : drop\n}\n',
      ].join(''),
    );
  });

  it('makes chains anew only where told, and fills them after all are there', () => {
    const chains = [
      { name: 'a', rules: ['goto b'] },
      { name: 'b', hook: { type: 'nat', hook: 'output', priority: -100 } as const, rules: [] },
    ];
    expect(
      encodeChains('ipv6', chains, new Set(['b']))
        .trimEnd()
        .split('\n'),
    ).toEqual([
      'add chain ip6 kube-proxy a',
      'flush chain ip6 kube-proxy a',
      'flush chain ip6 kube-proxy b',
      'delete chain ip6 kube-proxy b',
      'add chain ip6 kube-proxy b { type nat hook output priority -100; policy accept; }',
      'flush chain ip6 kube-proxy b',
      'add rule ip6 kube-proxy a goto b',
    ]);
  });
});
