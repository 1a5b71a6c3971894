import { run } from '../conformance/lib/exec.ts';
import type { World } from '../conformance/lib/world.ts';

/** sluice's table in each family, as `nft` names them. */
export const TABLES = ['ip kube-proxy', 'ip6 kube-proxy'] as const;
export type Table = (typeof TABLES)[number];

/** The part of `nft -j list table` that is read: each entry is an object under the name of its kind. */
interface Listing {
  readonly nftables: readonly Readonly<Record<string, Readonly<Record<string, unknown>>>>[];
}

/** What a table consists of. */
export interface TableSize {
  readonly elements: number;
  /** Sets and maps. */
  readonly sets: number;
  readonly rules: number;
  readonly chains: number;
}

const nft = (world: World, ...args: readonly string[]): Promise<string> =>
  run('ip', world.topology.inside('node', 'nft', ...args));

async function list(world: World, table: Table): Promise<Listing['nftables']> {
  const { nftables }: Listing = JSON.parse(await nft(world, '-j', 'list', 'table', ...table.split(' ')));
  return nftables;
}

/**
 * Everything in sluice's tables, in an order that does not depend on the kernel's, without the values of counters.
 * Chains, rules, sets and maps come with their handles, so that one that was removed and made anew is told from one
 * that stayed.
 */
export async function imprint(world: World): Promise<string> {
  const lists = await Promise.all(TABLES.map(table => list(world, table)));
  const withoutCounts = (key: string, value: unknown): unknown => {
    if (key === 'counter') return 'counter';
    if (key === 'elem' && Array.isArray(value)) return value.map(one => JSON.stringify(one, withoutCounts)).toSorted();
    return value;
  };
  return JSON.stringify(lists, withoutCounts);
}

/** How much there is in a table. */
export async function sizeOf(world: World, table: Table): Promise<TableSize> {
  const size = { elements: 0, sets: 0, rules: 0, chains: 0 };
  for (const { set, map, rule, chain } of await list(world, table)) {
    const collection = set ?? map;
    if (collection) size.sets += 1;
    if (Array.isArray(collection?.['elem'])) size.elements += collection['elem'].length;
    if (rule) size.rules += 1;
    if (chain) size.chains += 1;
  }
  return size;
}

/** The elements of an IPv4 map, each as `nft list` prints it. */
export async function elementsOf(world: World, map: string): Promise<string[]> {
  const text = await nft(world, 'list', 'map', ...TABLES[0].split(' '), map);
  const [, elements = ''] = /elements = \{([^}]*)\}/.exec(text) ?? [];
  return elements
    .split(',')
    .map(element => element.trim().replaceAll(/\s+/g, ' '))
    .filter(Boolean);
}

/** The rules of an IPv4 chain, each as `nft list` prints it. */
export async function rulesOf(world: World, chain: string): Promise<string[]> {
  const text = await nft(world, 'list', 'chain', ...TABLES[0].split(' '), chain);
  const lines = text.split('\n').map(line => line.trim());
  return lines.filter(line => line && !line.startsWith('table ') && !line.startsWith('chain ') && line !== '}');
}

/** How many connections the element of this key has counted so far; 0 where there is none. */
export async function countedBy(world: World, map: string, key: string): Promise<number> {
  const elements = (await elementsOf(world, map)).filter(element => element.startsWith(key));
  return elements.reduce((sum, element) => sum + Number(/counter packets (\d+)/.exec(element)?.[1] ?? 0), 0);
}
