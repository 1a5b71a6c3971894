// What a transaction consists of, read from nft's own syntax or from its JSON: as much of both as src/backend/nftables writes, and what
// somebody else would type to disturb it.

export interface FakeHook {
  readonly type: string;
  readonly hook: string;
  readonly priority: number;
}

/** One element: key and value as nft prints them. */
export type FakeElement = readonly [key: string, value: string];

export type FakeCommand =
  | { readonly does: 'add-table'; readonly table: string }
  | { readonly does: 'delete-table' | 'flush-table'; readonly table: string }
  | { readonly does: 'flush-ruleset' }
  | {
      readonly does: 'add-container';
      readonly table: string;
      readonly kind: 'set' | 'map';
      readonly name: string;
      readonly body: string;
    }
  | { readonly does: 'delete-container'; readonly table: string; readonly name: string }
  | { readonly does: 'add-chain'; readonly table: string; readonly name: string; readonly hook: FakeHook | undefined }
  | { readonly does: 'flush-chain' | 'delete-chain'; readonly table: string; readonly name: string }
  | { readonly does: 'add-rule'; readonly table: string; readonly chain: string; readonly text: string }
  | {
      readonly does: 'add-elements' | 'delete-elements';
      readonly table: string;
      readonly name: string;
      readonly elements: readonly FakeElement[];
    };

const unknown = (text: string): Error => new Error(`the fake nft does not know the command ${text}`);

/** Statements begin on a line of their own; an element statement goes on to the line that ends with its brace. */
export function commandsOfText(text: string): FakeCommand[] {
  const statements = text.match(/^[^\n{]*(?:\{[^}]*\}[^\n{]*)*$/gm) ?? [];
  return statements.filter(statement => statement.trim() !== '').map(statement => commandOf(statement.trim()));
}

function commandOf(statement: string): FakeCommand {
  if (statement === 'flush ruleset') return { does: 'flush-ruleset' };
  const match = /^(add|delete|flush) (table|set|map|chain|rule|element) (ip6? \S+)(?: (\S+))?(?: ([^]*))?$/.exec(
    statement,
  );
  if (!match) throw unknown(statement);
  const [, verb = '', object = '', table = '', name = '', rest = ''] = match;
  switch (`${verb} ${object}`) {
    case 'add table':
    case 'delete table':
    case 'flush table':
      return { does: `${verb as 'add'}-table`, table };
    case 'add set':
    case 'add map':
      return { does: 'add-container', table, kind: object as 'set', name, body: rest.slice(1, -1).trim() };
    case 'delete set':
    case 'delete map':
      return { does: 'delete-container', table, name };
    case 'add chain':
      return { does: 'add-chain', table, name, hook: hookOf(rest) };
    case 'flush chain':
    case 'delete chain':
      return { does: `${verb as 'flush'}-chain`, table, name };
    case 'add rule':
      return { does: 'add-rule', table, chain: name, text: rest };
    case 'add element':
    case 'delete element':
      return { does: `${verb as 'add'}-elements`, table, name, elements: elementsOf(rest) };
    default:
      throw unknown(statement);
  }
}

function hookOf(text: string): FakeHook | undefined {
  const match = /type (\w+) hook (\w+) priority (-?\d+)/.exec(text);
  return match ? { type: match[1]!, hook: match[2]!, priority: Number(match[3]) } : undefined;
}

/** A colon with blanks around it parts key and value; those of an IPv6 address have none. */
const elementsOf = (braced: string): FakeElement[] =>
  braced
    .slice(1, -1)
    .split(',')
    .map(element => {
      const [key = '', value = ''] = element.trim().split(' : ');
      return [key.replace(/ timeout \S+$/, ''), value];
    });

interface JsonElements {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly elem: readonly unknown[];
}

interface JsonCommand {
  readonly add?: {
    readonly element?: JsonElements;
    readonly table?: { readonly family: string; readonly name: string };
  };
  readonly delete?: { readonly element?: JsonElements };
}

/** Reads JSON as nft does. @throws SyntaxError */
export function commandsOfJson(text: string): FakeCommand[] {
  const { nftables } = JSON.parse(text) as { readonly nftables: readonly JsonCommand[] };
  return nftables.map((command): FakeCommand => {
    const { table } = command.add ?? {};
    if (table) return { does: 'add-table', table: `${table.family} ${table.name}` };
    const [does, target] = command.add
      ? (['add-elements', command.add.element] as const)
      : (['delete-elements', command.delete?.element] as const);
    if (!target) throw unknown(JSON.stringify(command));
    // A map's element is a pair where it is added, and its key alone where it is deleted.
    const elements = target.elem.map((element): FakeElement =>
      Array.isArray(element) ? [termText(element[0]), termText(element[1])] : [termText(element), ''],
    );
    return { does, table: `${target.family} ${target.table}`, name: target.name, elements };
  });
}

function termText(term: unknown): string {
  if (typeof term !== 'object' || term === null) return String(term);
  const [[kind, body] = []] = Object.entries(term as Readonly<Record<string, unknown>>);
  if (kind === 'concat') return (body as readonly unknown[]).map(termText).join(' . ');
  if (kind === 'prefix') {
    const { addr, len } = body as { readonly addr: string; readonly len: number };
    return `${addr}/${len}`;
  }
  if (kind === 'goto' || kind === 'jump') return `${kind} ${(body as { readonly target: string }).target}`;
  if (kind === 'drop' || kind === 'accept' || kind === 'return') return kind;
  throw unknown(JSON.stringify(term));
}
