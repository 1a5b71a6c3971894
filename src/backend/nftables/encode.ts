import type { Family } from '../../model/ip.ts';
import {
  ALL_KEYS,
  containersOf,
  isCompanionTable,
  NFT_FAMILY,
  TABLE,
  type Chain,
  type Container,
  type ContainerName,
  type ElementDelta,
  type Entry,
  type Part,
} from './schema.ts';

const byName = {
  ipv4: new Map(containersOf('ipv4').map(container => [container.name, container])),
  ipv6: new Map(containersOf('ipv6').map(container => [container.name, container])),
} as const;

const containerOf = (family: Family, name: ContainerName): Container => byName[family].get(name)!;

/**
 * A transaction on elements, as JSON for `nft -j -f`.
 * @param deltas what to write to the table of each family; deletes go before adds
 */
export function encodeElementsJson(deltas: Iterable<readonly [Family, ElementDelta]>): string {
  const commands: string[] = [];
  for (const [family, { deletes, adds }] of deltas) {
    commands.push(...elementCommands(family, 'delete', deletes), ...elementCommands(family, 'add', adds));
  }
  return `{"nftables":[${commands.join(',\n')}]}`;
}

function* elementCommands(family: Family, verb: 'add' | 'delete', entries: readonly Entry[]): Generator<string> {
  for (const [name, group] of groupByContainer(entries)) {
    const container = containerOf(family, name);
    const elements = group.map(entry => jsonElement(container, entry, verb === 'add'));
    yield `{"${verb}":{"element":{"family":"${NFT_FAMILY[family]}","table":"${TABLE}","name":"${name}","elem":[${elements.join(',')}]}}}`;
  }
}

/** Containers of nft in the order of the schema: endpoint maps before the maps whose verdicts lead to them. */
function groupByContainer(entries: readonly Entry[]): [ContainerName, Entry[]][] {
  const groups = new Map<ContainerName, Entry[]>();
  for (const entry of entries) {
    if (isCompanionTable(entry.container)) continue;
    const group = groups.get(entry.container);
    if (group) group.push(entry);
    else groups.set(entry.container, [entry]);
  }
  return [...groups].toSorted(([a], [b]) => ORDER.get(a)! - ORDER.get(b)!);
}

const ORDER = new Map([...byName.ipv4.keys()].map((name, i) => [name, i]));

function jsonElement({ key, value }: Container, entry: Entry, withValue: boolean): string {
  const encodedKey = jsonParts(key, entry.key);
  if (value === undefined) return encodedKey;
  // nft wants the value of a map's element only where it is added; a key is enough to delete it.
  if (!withValue) return encodedKey;
  return `[${encodedKey},${value === 'verdict' ? jsonVerdict(entry.value) : jsonParts(value, entry.value)}]`;
}

function jsonParts(parts: readonly Part[], text: string): string {
  if (text === ALL_KEYS) return `"${text}"`;
  if (parts.length === 1) return jsonPart(parts[0]!, text);
  const values = text.split(' . ');
  let encoded = '';
  for (let i = 0; i < parts.length; i += 1) encoded += `${i ? ',' : ''}${jsonPart(parts[i]!, values[i]!)}`;
  return `{"concat":[${encoded}]}`;
}

function jsonPart(part: Part, text: string): string {
  // What only others write, such as a range, is kept as it was listed: parse.ts.
  if (part === 'index' || part === 'port' || text.startsWith('{')) return text;
  if (text.includes('/')) {
    const [address, length] = text.split('/');
    return `{"prefix":{"addr":"${address}","len":${length}}}`;
  }
  return `"${text}"`;
}

function jsonVerdict(verdict: string): string {
  if (verdict === 'drop' || verdict === 'accept' || verdict === 'return') return `{"${verdict}":null}`;
  const [verb, target] = verdict.split(' ');
  return `{"${verb}":{"target":"${target}"}}`;
}

/** The same transaction in nft's own syntax: one statement a container. */
export function encodeElementsText(family: Family, { deletes, adds }: ElementDelta): string {
  return [...elementStatements(family, 'delete', deletes), ...elementStatements(family, 'add', adds)].join('');
}

function* elementStatements(family: Family, verb: 'add' | 'delete', entries: readonly Entry[]): Generator<string> {
  for (const [name, group] of groupByContainer(entries)) {
    const elements = group.map(({ key, value }) => (value && verb === 'add' ? `${key} : ${value}` : key));
    yield `${verb} element ${NFT_FAMILY[family]} ${TABLE} ${name} {\n  ${elements.join(',\n  ')}\n}\n`;
  }
}

const inTable = (family: Family): string => `${NFT_FAMILY[family]} ${TABLE}`;

/** Statements that make the table and those of its sets and maps that are not there. Harmless where all are. */
export function encodeDeclarations(family: Family): string {
  const declarations = containersOf(family).map(
    ({ kind, name, declaration }) => `add ${kind} ${inTable(family)} ${name} { ${declaration} }\n`,
  );
  return `add table ${inTable(family)}\n${declarations.join('')}`;
}

/** Statements that remove the table, whether it is there or not. */
export const encodeTableDelete = (family: Family): string =>
  `add table ${inTable(family)}\ndelete table ${inTable(family)}\n`;

/**
 * Statements that bring chains to exactly these rules.
 * @param chains callees before callers
 * @param replaced names of base chains that must be made anew, since hook or priority of a chain cannot be changed
 */
export function encodeChains(
  family: Family,
  chains: readonly Chain[],
  replaced: ReadonlySet<string> = new Set(),
): string {
  const table = inTable(family);
  const lines: string[] = [];
  for (const { name, hook } of chains) {
    const head = hook ? ` { type ${hook.type} hook ${hook.hook} priority ${hook.priority}; policy accept; }` : '';
    if (replaced.has(name)) lines.push(`flush chain ${table} ${name}`, `delete chain ${table} ${name}`);
    lines.push(`add chain ${table} ${name}${head}`, `flush chain ${table} ${name}`);
  }
  for (const { name, rules } of chains) for (const rule of rules) lines.push(`add rule ${table} ${name} ${rule}`);
  return lines.map(line => `${line}\n`).join('');
}

export const encodeFlushes = (family: Family, chains: readonly string[]): string =>
  chains.map(name => `flush chain ${inTable(family)} ${name}\n`).join('');

/** Statements that remove chains. All are emptied first, since they may refer to each other. */
export const encodeChainDeletes = (family: Family, names: readonly string[]): string =>
  encodeFlushes(family, names) + names.map(name => `delete chain ${inTable(family)} ${name}\n`).join('');
