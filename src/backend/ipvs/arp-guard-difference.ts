import type { Difference } from '../difference.ts';
import { FOREIGN_RULE } from '../nftables/frame-difference.ts';
import { NODE_OWNER } from '../nftables/diff.ts';
import { diffRules } from '../nftables/rule-difference.ts';
import { TABLE } from '../nftables/schema.ts';
import { GUARD_RULE } from './arp-guard.ts';

type Json = Readonly<Record<string, unknown>>;

const SET = { name: 'service-ips', declaration: '{ typeof arp daddr ip; flags interval; }' };
const CHAIN = { name: 'input', declaration: '{ type filter hook input priority 0; policy accept; }' };

/** The rule as nft lists it. */
const LISTED_RULE = JSON.stringify([
  { match: { op: '==', left: { payload: { protocol: 'arp', field: 'operation' } }, right: 'request' } },
  { match: { op: '==', left: { payload: { protocol: 'arp', field: 'daddr ip' } }, right: `@${SET.name}` } },
  { drop: null },
]);

/**
 * What of the guard against ARP is not as it is desired: see arp-guard.ts, which writes it.
 * @param listing of its table by nft, as JSON; undefined: there is none
 * @param cidrs that are to be guarded; empty: there should be no table
 * @throws SyntaxError where it is no listing
 */
export function arpGuardDifferences(listing: string | undefined, cidrs: readonly string[]): Difference[] {
  const found = guardIn(listing);
  const isWanted = cidrs.length > 0;
  const differ = (kind: Difference['kind'], name: string, kernel?: string, desired?: string): Difference[] =>
    kernel === desired ? [] : [{ family: 'arp', kind, in: '', name, owner: undefined, kernel, desired }];
  const table = differ('table', '', found.exists ? '' : undefined, isWanted ? '' : undefined);
  if (!isWanted) return table;
  const wanted = new Set(cidrs.map(withoutHostPrefix));
  const elements = [...new Set([...wanted, ...found.elements])]
    .filter(key => !wanted.has(key) || !found.elements.has(key))
    .toSorted()
    .map((key): Difference => ({
      family: 'arp',
      kind: 'element',
      in: SET.name,
      name: key,
      owner: NODE_OWNER,
      kernel: found.elements.has(key) ? '' : undefined,
      desired: wanted.has(key) ? '' : undefined,
    }));
  return [
    ...table,
    ...differ('set', SET.name, found.hasSet ? SET.declaration : undefined, SET.declaration),
    ...differ('chain', CHAIN.name, found.chain, CHAIN.declaration),
    ...diffRules(found.rules, [GUARD_RULE]).map((rule): Difference => ({
      family: 'arp',
      kind: 'rule',
      in: CHAIN.name,
      name: '',
      owner: undefined,
      ...rule,
    })),
    ...elements,
  ];
}

interface FoundGuard {
  readonly exists: boolean;
  readonly hasSet: boolean;
  readonly elements: ReadonlySet<string>;
  readonly chain: string | undefined;
  readonly rules: readonly string[];
}

function guardIn(listing: string | undefined): FoundGuard {
  const { nftables = [] } = JSON.parse(listing ?? '{}') as {
    readonly nftables?: readonly Readonly<Record<string, Json>>[];
  };
  const own = (kind: string): Json[] =>
    nftables.flatMap(({ [kind]: one }) => (one?.['family'] === 'arp' && one['table'] === TABLE ? [one] : []));
  const set = own('set').find(({ name }) => name === SET.name);
  const chain = own('chain').find(({ name }) => name === CHAIN.name);
  const { type, hook, prio, policy } = { ...chain } as Readonly<Record<string, string | number>>;
  return {
    exists: nftables.some(({ table }) => table?.['family'] === 'arp' && table['name'] === TABLE),
    hasSet: set !== undefined,
    elements: new Set(((set?.['elem'] ?? []) as readonly unknown[]).map(elementText)),
    chain: chain && `{ type ${type} hook ${hook} priority ${prio}; policy ${policy}; }`,
    rules: own('rule')
      .filter(rule => rule['chain'] === CHAIN.name)
      .map(({ expr }) => (JSON.stringify(expr) === LISTED_RULE ? GUARD_RULE : FOREIGN_RULE)),
  };
}

function elementText(element: unknown): string {
  const prefix = (element as { readonly prefix?: { readonly addr: string; readonly len: number } }).prefix;
  if (prefix) return `${prefix.addr}/${prefix.len}`;
  return typeof element === 'string' ? element : JSON.stringify(element);
}

/** As nft prints it. */
const withoutHostPrefix = (cidr: string): string => cidr.replace(/\/32$/, '');
