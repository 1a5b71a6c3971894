import { pinRule, stickySuffix, parseStickySuffix, type Sticky } from './affinity-rules.ts';
import { localSourceMatch, setMark } from './rule-parts.ts';
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
 * | `cluster-tcp-3-s80-10.96.0.10` | with ClientIP affinity, learnt by the kernel: of one service port (see affinity-rules.ts) |
 * | `cluster-tcp-3-hash` | with ClientIP affinity by a hash of the source, where nft cannot have the kernel learn |
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
  /** ClientIP affinity. */
  readonly sticky?: Sticky | 'hash';
}

export function shapeName({ kind, nodePort, protocol, count, localCount, sticky }: Shape): string {
  const suffix = sticky === undefined ? '' : sticky === 'hash' ? '-hash' : stickySuffix(sticky);
  return `${nodePort ? 'nodeport-' : ''}${kind}-${protocol}-${count}${localCount === undefined ? '' : `-${localCount}`}${suffix}`;
}

const NAME =
  /^(nodeport-)?(cluster|external|internal|local)-(tcp|udp|sctp)-(\d+)(?:-(\d+))?(?:-(hash|[sl]\d+-[0-9a-f._]+))?$/;

/** Reads a shape's name back. @returns undefined for a chain that is no shape. */
export function parseShapeName(name: string): Shape | undefined {
  const match = NAME.exec(name);
  if (!match) return undefined;
  const [, nodePort, kind, protocol, count, localCount, affinity] = match;
  const sticky = affinity === undefined ? undefined : affinity === 'hash' ? affinity : parseStickySuffix(affinity);
  return {
    kind: kind as ShapeKind,
    nodePort: nodePort !== undefined,
    protocol: protocol as L4Protocol,
    count: Number(count),
    ...(localCount !== undefined && { localCount: Number(localCount) }),
    ...(sticky !== undefined && { sticky }),
  };
}

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
  const name = shapeName(shape);
  const { localCount, ...plain } = shape;
  const sibling = (kind: ShapeKind): string => shapeName({ ...plain, kind });
  switch (shape.kind) {
    case 'cluster':
    case 'internal':
      return { chain: { name, rules: selection(shape, options) }, needs: withoutPins(shape) };
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
        ...(localCount ? pins(shape, options) : []),
        ...choice(shape, options, localCount ?? 0, LOCAL_OFFSET),
      ];
      return { chain: { name, rules }, needs: [sibling('external')] };
    }
  }
}

const isPinned = ({ sticky }: Shape): boolean => sticky !== undefined && sticky !== 'hash';

function selection(shape: Shape, options: RulesetOptions): string[] {
  const [next] = withoutPins(shape);
  if (next !== undefined) return [...pins(shape, options), `goto ${next}`];
  return choice(shape, options, shape.count, shape.kind === 'internal' ? LOCAL_OFFSET : 0);
}

/** The shape that a client without a pin goes on to. */
function withoutPins(shape: Shape): string[] {
  const { sticky, ...plain } = shape;
  return isPinned(shape) ? [shapeName(plain)] : [];
}

function pins({ kind, protocol, sticky }: Shape, { family }: RulesetOptions): string[] {
  if (sticky === undefined || sticky === 'hash') return [];
  if (kind !== 'cluster') return [pinRule(family, protocol, sticky, 'local')];
  // Who came by an address of policy Local first stays with the same server here, if it is one of these.
  return [
    pinRule(family, protocol, sticky, 'cluster'),
    ...(sticky.sharesLocal ? [pinRule(family, protocol, sticky, 'local')] : []),
  ];
}

function choice(
  { nodePort, protocol, sticky }: Shape,
  { family }: RulesetOptions,
  count: number,
  offset: number,
): string[] {
  const ip = NFT_FAMILY[family];
  const key = nodePort ? `${protocol} dport` : `${ip} daddr . ${protocol} dport`;
  const map = `@${nodePort ? 'nodeport-' : ''}endpoints-${protocol}`;
  const shift = offset ? ` offset ${offset}` : '';
  const first = `dnat ${ip} to numgen random mod 1${shift} . ${key} map ${map}`;
  if (count === 0) return [];
  if (count === 1) return [first];
  const pick = sticky === 'hash' ? `jhash ${ip} saddr mod ${count} seed 0x1` : `numgen random mod ${count}`;
  return [`dnat ${ip} to ${pick}${shift} . ${key} map ${map}`, first];
}
