import { describe, expect, it } from 'vitest';
import { parseShapeName, shapeChain, shapeName, type Shape } from '../../../../src/backend/nftables/shapes.ts';
import { rulesetOptions } from '../../../support/rulesets.ts';

const options = rulesetOptions();
const tcp = { nodePort: false, protocol: 'tcp' } as const;

const shapes: {
  readonly name: string;
  readonly shape: Shape;
  readonly rules: readonly string[];
  readonly needs: readonly string[];
}[] = [
  {
    name: 'cluster-tcp-3',
    shape: { ...tcp, kind: 'cluster', count: 3 },
    rules: [
      'dnat ip to numgen random mod 3 . ip daddr . tcp dport map @endpoints-tcp',
      'dnat ip to numgen random mod 1 . ip daddr . tcp dport map @endpoints-tcp',
    ],
    needs: [],
  },
  {
    name: 'cluster-udp-1',
    shape: { ...tcp, protocol: 'udp', kind: 'cluster', count: 1 },
    rules: ['dnat ip to numgen random mod 1 . ip daddr . udp dport map @endpoints-udp'],
    needs: [],
  },
  {
    name: 'external-tcp-3',
    shape: { ...tcp, kind: 'external', count: 3 },
    rules: ['meta mark set meta mark | 0x00004000', 'goto cluster-tcp-3'],
    needs: ['cluster-tcp-3'],
  },
  {
    name: 'internal-sctp-2',
    shape: { ...tcp, protocol: 'sctp', kind: 'internal', count: 2 },
    rules: [
      'dnat ip to numgen random mod 2 offset 65536 . ip daddr . sctp dport map @endpoints-sctp',
      'dnat ip to numgen random mod 1 offset 65536 . ip daddr . sctp dport map @endpoints-sctp',
    ],
    needs: [],
  },
  {
    name: 'local-tcp-3-1',
    shape: { ...tcp, kind: 'local', count: 3, localCount: 1 },
    rules: [
      'ip saddr @pod-cidrs goto cluster-tcp-3',
      'fib saddr type local goto external-tcp-3',
      'dnat ip to numgen random mod 1 offset 65536 . ip daddr . tcp dport map @endpoints-tcp',
    ],
    needs: ['external-tcp-3'],
  },
  {
    name: 'nodeport-local-tcp-3-0',
    shape: { ...tcp, nodePort: true, kind: 'local', count: 3, localCount: 0 },
    rules: ['ip saddr @pod-cidrs goto nodeport-cluster-tcp-3', 'fib saddr type local goto nodeport-external-tcp-3'],
    needs: ['nodeport-external-tcp-3'],
  },
  {
    name: 'nodeport-cluster-tcp-1',
    shape: { ...tcp, nodePort: true, kind: 'cluster', count: 1 },
    rules: ['dnat ip to numgen random mod 1 . tcp dport map @nodeport-endpoints-tcp'],
    needs: [],
  },
];

describe('shapes', () => {
  it.each(shapes)('$name', ({ name, shape, rules, needs }) => {
    expect(shapeName(shape)).toBe(name);
    expect(parseShapeName(name)).toEqual(shape);
    expect(shapeChain(shape, options)).toEqual({ chain: { name, rules }, needs });
  });

  it('speaks of ip6 in the IPv6 table, and tells pods by interface or not at all', () => {
    const shape: Shape = { ...tcp, kind: 'local', count: 1, localCount: 1 };
    const byInterface = shapeChain(shape, { ...options, family: 'ipv6', localSource: { interfacePattern: 'veth*' } });
    expect(byInterface.chain.rules).toEqual([
      'iifname "veth*" goto cluster-tcp-1',
      'fib saddr type local goto external-tcp-1',
      'dnat ip6 to numgen random mod 1 offset 65536 . ip6 daddr . tcp dport map @endpoints-tcp',
    ]);
    const { localSource, ...rest } = options;
    expect(localSource).toBe('pod-cidrs');
    expect(shapeChain(shape, { ...rest, localSource: undefined }).chain.rules[0]).toBe(
      'fib saddr type local goto external-tcp-1',
    );
  });

  it.each(['dispatch', 'cluster-tcp', 'cluster-icmp-3', 'service-ABC-d/web/tcp/', 'cluster-tcp-3x'])(
    '%s is no shape',
    name => {
      expect(parseShapeName(name)).toBeUndefined();
    },
  );
});
