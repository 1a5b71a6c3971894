import { NFT_FAMILY, type Chain, type L4Protocol, type RulesetOptions } from './schema.ts';

/** Local real servers stand at these indices of an endpoint map and above; cluster ones at 0 and above. */
export const LOCAL_OFFSET = 65_536;

/**
 * A shape is a chain that all service ports of one protocol, behaviour and endpoint count share. Its name says all that
 * its rules are made of:
 *
 * | name | what it does |
 * |---|---|
 * | `cluster-tcp-3` | one of 3 real servers |
 * | `external-tcp-3` | the same, masqueraded |
 * | `internal-tcp-2` | one of 2 local real servers |
 * | `local-tcp-3-2` | external traffic policy Local: 3 in all, 2 of them local; pods and this host take a short cut |
 * | `nodeport-cluster-tcp-3`, `nodeport-external-tcp-3`, `nodeport-local-tcp-3-2` | the same for NodePorts |
 */
export type ShapeKind = 'cluster' | 'external' | 'internal' | 'local';

export interface Shape {
  readonly kind: ShapeKind;
  readonly nodePort: boolean;
  readonly protocol: L4Protocol;
  /** Number of cluster real servers; for `internal`, of local ones. */
  readonly count: number;
  /** Number of local real servers; `local` only. */
  readonly localCount?: number;
}

export const shapeName = ({ kind, nodePort, protocol, count, localCount }: Shape): string =>
  `${nodePort ? 'nodeport-' : ''}${kind}-${protocol}-${count}${localCount === undefined ? '' : `-${localCount}`}`;

const NAME = /^(nodeport-)?(cluster|external|internal|local)-(tcp|udp|sctp)-(\d+)(?:-(\d+))?$/;

/** Reads a shape's name back. @returns undefined for a chain that is no shape. */
export function parseShapeName(name: string): Shape | undefined {
  const match = NAME.exec(name);
  if (!match) return undefined;
  const [, nodePort, kind, protocol, count, localCount] = match;
  const shape = {
    kind: kind as ShapeKind,
    nodePort: nodePort !== undefined,
    protocol: protocol as L4Protocol,
    count: Number(count),
  };
  return localCount === undefined ? shape : { ...shape, localCount: Number(localCount) };
}

/** The rule fragment that matches traffic of local pods, or undefined where they cannot be told. */
export function localSourceMatch({ family, localSource }: RulesetOptions, negated = false): string | undefined {
  const not = negated ? '!= ' : '';
  if (localSource === undefined) return undefined;
  return localSource === 'pod-cidrs'
    ? `${NFT_FAMILY[family]} saddr ${not}@pod-cidrs`
    : `iifname ${not}"${localSource.interfacePattern}"`;
}

export const setMark = (mark: number): string => `meta mark set meta mark | ${formatMark(mark)}`;

/** As nft prints a mark: eight hexadecimal digits. */
export const formatMark = (mark: number): string => `0x${mark.toString(16).padStart(8, '0')}`;

/**
 * The chain of a shape, and the names of the shapes that it goes on to (they must exist before it).
 *
 * A packet can match `services` before a commit and look in the endpoint map after it, since a set lookup sees the newest
 * generation. So each choice among several ends with a second rule that takes the first one, which exists as long as any.
 */
export function shapeChain(
  shape: Shape,
  options: RulesetOptions,
): { readonly chain: Chain; readonly needs: readonly string[] } {
  const sibling = (kind: ShapeKind): string =>
    shapeName({ kind, nodePort: shape.nodePort, protocol: shape.protocol, count: shape.count });
  const name = shapeName(shape);
  switch (shape.kind) {
    case 'cluster':
      return { chain: { name, rules: choice(shape, options, shape.count, 0) }, needs: [] };
    case 'internal':
      return { chain: { name, rules: choice(shape, options, shape.count, LOCAL_OFFSET) }, needs: [] };
    case 'external':
      return {
        chain: { name, rules: [setMark(options.masqueradeMark), `goto ${sibling('cluster')}`] },
        needs: [sibling('cluster')],
      };
    case 'local': {
      const fromPods = localSourceMatch(options);
      const rules = [
        ...(fromPods ? [`${fromPods} goto ${sibling('cluster')}`] : []),
        `fib saddr type local goto ${sibling('external')}`,
        ...choice(shape, options, shape.localCount ?? 0, LOCAL_OFFSET),
      ];
      return { chain: { name, rules }, needs: [sibling('external')] };
    }
  }
}

function choice({ nodePort, protocol }: Shape, { family }: RulesetOptions, count: number, offset: number): string[] {
  const ip = NFT_FAMILY[family];
  const key = nodePort ? `${protocol} dport` : `${ip} daddr . ${protocol} dport`;
  const map = `@${nodePort ? 'nodeport-' : ''}endpoints-${protocol}`;
  const from = (mod: number): string =>
    `dnat ${ip} to numgen random mod ${mod}${offset ? ` offset ${offset}` : ''} . ${key} map ${map}`;
  if (count === 0) return [];
  return count === 1 ? [from(1)] : [from(count), from(1)];
}
