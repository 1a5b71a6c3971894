/** A set or map. */
export interface LoadedContainer {
  readonly kind: 'set' | 'map';
  /** Keys may be, or end in, a CIDR. */
  readonly isInterval: boolean;
  /** Filled by packets. */
  readonly isDynamic: boolean;
  /** Key -> value, which is empty in a set. */
  readonly elements: Map<string, string>;
}

export interface LoadedChain {
  readonly type: 'nat' | 'filter' | undefined;
  readonly hook: string | undefined;
  readonly priority: number;
  readonly rules: string[];
}

export interface LoadedTable {
  readonly containers: Map<string, LoadedContainer>;
  readonly chains: Map<string, LoadedChain>;
}

/** The tables by nft's family: `ip`, `ip6`. */
export type LoadedRuleset = ReadonlyMap<string, LoadedTable>;

const STATEMENT = /^(add|flush) (table|map|set|chain|rule|element) (ip6?) kube-proxy ?(.*)$/s;
const DECLARATION = /^(\S+) \{ (.*) \}$/;
const CHAIN = /^(\S+)(?: \{ type (nat|filter) hook (\w+) priority (-?\d+); policy accept; \})?$/;
const ELEMENTS = /^(\S+) \{\n(.*)\n\}$/s;

/**
 * Loads what `renderText` made, as nft would: in order, and each name has to be there before something refers to it.
 * @throws Error for a statement that is not known, or that nft would refuse
 */
export function loadRuleset(text: string): LoadedRuleset {
  const tables = new Map<string, LoadedTable>();
  for (const statement of text.trimEnd().split(/\n(?=[a-z])/)) {
    const [, verb, object, family, rest = ''] = STATEMENT.exec(statement) ?? [];
    if (family === undefined) throw unknown(statement);
    if (object === 'table') tables.set(family, tables.get(family) ?? { containers: new Map(), chains: new Map() });
    const table = tables.get(family);
    if (!table) throw new Error(`no such table: ${statement}`);
    if (verb === 'flush') chainOf(table, rest).rules.length = 0;
    else if (object === 'map' || object === 'set') declare(table, object, rest);
    else if (object === 'chain') addChain(table, rest);
    else if (object === 'rule') addRule(table, rest);
    else if (object === 'element') addElements(table, rest);
  }
  return tables;
}

const unknown = (what: string): Error => new Error(`cannot be read: ${what}`);

function chainOf({ chains }: LoadedTable, name: string): LoadedChain {
  const chain = chains.get(name);
  if (!chain) throw new Error(`no such chain: ${name}`);
  return chain;
}

function declare({ containers }: LoadedTable, kind: 'set' | 'map', text: string): void {
  const [, name, body] = DECLARATION.exec(text) ?? [];
  if (name === undefined || body === undefined) throw unknown(text);
  const flags = /flags ([\w,]+);/.exec(body)?.[1]?.split(',') ?? [];
  containers.set(name, {
    kind,
    isInterval: flags.includes('interval'),
    isDynamic: flags.includes('dynamic'),
    elements: new Map(),
  });
}

function addChain({ chains }: LoadedTable, text: string): void {
  const [, name, type, hook, priority] = CHAIN.exec(text) ?? [];
  if (name === undefined) throw unknown(text);
  chains.set(name, { type: type as LoadedChain['type'], hook, priority: Number(priority ?? 0), rules: [] });
}

/** Every chain and container that a rule or a verdict names has to be there. */
function checkNames(table: LoadedTable, text: string): void {
  for (const [, chain = ''] of text.matchAll(/(?:goto|jump) (\S+)/g)) chainOf(table, chain);
  for (const [, container = ''] of text.matchAll(/@(\S+)/g)) {
    if (!table.containers.has(container)) throw new Error(`no such set or map: ${container}`);
  }
}

function addRule(table: LoadedTable, text: string): void {
  const space = text.indexOf(' ');
  const rule = text.slice(space + 1);
  checkNames(table, rule);
  chainOf(table, text.slice(0, space)).rules.push(rule);
}

function addElements(table: LoadedTable, text: string): void {
  const [, name = '', body] = ELEMENTS.exec(text) ?? [];
  const container = table.containers.get(name);
  if (!container || body === undefined) throw unknown(text);
  for (const line of body.split(',\n')) {
    const [key = '', value = ''] = line.trim().split(' : ');
    if (container.elements.has(key)) throw new Error(`${name} has ${key} already`);
    if ((value === '') !== (container.kind === 'set')) throw new Error(`${name} is a ${container.kind}: ${line}`);
    checkNames(table, value);
    container.elements.set(key, value);
  }
}
