import { encodeLine } from '../backend/ipvs/encode.ts';
import { renderRoute } from '../backend/ipvs/render.ts';
import type { Difference } from '../backend/difference.ts';
import { NODE_OWNER } from '../backend/nftables/diff.ts';
import { NFT_FAMILY, TABLE } from '../backend/nftables/schema.ts';

/**
 * Differences as text: a line that begins with `+ ` is desired and not in the kernel, one that begins with `- ` is in the kernel and not
 * desired; what differs is both. What follows is what `nft add` takes, or `ipvsadm`, or `ip route add`. A comment before the elements of
 * each Service names it.
 * @param differences in the order in which they are to be printed
 * @returns pieces of some lines each
 */
export function* textOf(differences: Iterable<Difference>): Generator<string> {
  let heading: string | undefined;
  for (const difference of differences) {
    const own = headingOf(difference);
    const lines = own === heading ? [] : [`# ${own}\n`];
    heading = own;
    if (difference.kernel !== undefined) lines.push(`- ${statementOf(difference, difference.kernel)}\n`);
    if (difference.desired !== undefined) lines.push(`+ ${statementOf(difference, difference.desired)}\n`);
    yield lines.join('');
  }
}

function headingOf({ kind, family, owner }: Difference): string {
  switch (kind) {
    case 'element':
    case 'virtual-server':
    case 'real-server':
      if (owner === NODE_OWNER) return 'this node';
      return owner === undefined ? 'of no Service' : `Service ${owner}`;
    case 'route':
      return 'routes to ClusterIPs';
    default:
      return `table ${tableOf(family)}`;
  }
}

const tableOf = (family: Difference['family']): string => `${family === 'arp' ? family : NFT_FAMILY[family]} ${TABLE}`;

/** @param value of the side that is printed */
function statementOf({ family, kind, in: container, name }: Difference, value: string): string {
  const table = tableOf(family);
  const after = value && ` ${value}`;
  switch (kind) {
    case 'table':
      return `table ${table}${after}`;
    case 'set':
    case 'map':
    case 'chain':
      return `${kind} ${table} ${name}${after}`;
    case 'rule':
      return `rule ${table} ${container} ${value}`;
    case 'element':
      return `element ${table} ${container} { ${name}${value && ` : ${value}`} }`;
    case 'virtual-server':
      return `ipvsadm ${encodeLine('A', { container: 'virtual-servers', key: name, value })}`;
    case 'real-server':
      return `ipvsadm ${encodeLine('a', { container: 'real-servers', key: name, value })}`;
    case 'route':
      return `ip route add ${renderRoute(name)}${after}`;
  }
}

/**
 * The same as JSON: an object whose `differences` is a list of {@link Difference}, a line each; what is undefined is null.
 * @returns pieces of a line each
 */
export function* jsonOf(differences: Iterable<Difference>): Generator<string> {
  let before = '{"differences":[';
  for (const { family, kind, in: container, name, owner = null, kernel = null, desired = null } of differences) {
    yield `${before}\n${JSON.stringify({ family, kind, in: container, name, owner, kernel, desired })}`;
    before = ',';
  }
  yield before === ',' ? '\n]}\n' : `${before}]}\n`;
}
