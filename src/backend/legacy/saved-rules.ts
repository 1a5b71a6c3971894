/** One rule of a chain, as iptables-save prints it. */
export interface SavedRule {
  readonly chain: string;
  /** All that stands behind the chain's name: fit for a line of iptables-restore that adds or deletes. */
  readonly text: string;
}

/** One table. */
export interface SavedTable {
  readonly name: string;
  readonly chains: ReadonlySet<string>;
  /** Those that packets come through by themselves. */
  readonly builtInChains: ReadonlySet<string>;
  readonly rules: readonly SavedRule[];
}

/** What iptables-save printed. */
export interface SavedRules {
  readonly tables: readonly SavedTable[];
  /** Tables that this iptables does not show, since something is in them that it does not know. */
  readonly unreadable: readonly string[];
}

const CHAIN = /^:(\S+) (\S+)/;
const RULE = /^(?:\[\d+:\d+\] )?-A (\S+) ?(.*)$/;
const INCOMPATIBLE = /^# Table `(\S+)' is incompatible/;

/**
 * Parses the output of iptables-save or ip6tables-save, with or without counters. Pure.
 * @throws Error where it ends before its last table does, so that rules may be missing in it
 */
export function parseSavedRules(saved: string): SavedRules {
  const tables: SavedTable[] = [];
  const unreadable: string[] = [];
  let open: ReturnType<typeof emptyTable> | undefined;
  for (const line of saved.split('\n')) {
    const first = line[0];
    if (first === '#') {
      const name = INCOMPATIBLE.exec(line)?.[1];
      if (name !== undefined) unreadable.push(name);
    } else if (first === '*') open = emptyTable(line.slice(1).trim());
    else if (open && line.trimEnd() === 'COMMIT') {
      tables.push(open);
      open = undefined;
    } else if (open && first === ':') addChain(open, line);
    else if (open && first !== undefined) addRule(open, line);
  }
  if (open) throw new Error(`the saved rules end within table ${open.name}`);
  return { tables, unreadable };
}

const emptyTable = (name: string) => ({
  name,
  chains: new Set<string>(),
  builtInChains: new Set<string>(),
  rules: new Array<SavedRule>(),
});

function addChain({ chains, builtInChains }: ReturnType<typeof emptyTable>, line: string): void {
  const [, chain, policy] = CHAIN.exec(line) ?? [];
  if (chain === undefined) return;
  chains.add(chain);
  // A chain that somebody made has no policy.
  if (policy !== '-') builtInChains.add(chain);
}

function addRule({ rules }: ReturnType<typeof emptyTable>, line: string): void {
  const [, chain, text] = RULE.exec(line) ?? [];
  if (chain !== undefined && text !== undefined) rules.push({ chain, text });
}

const QUOTED = /"(?:[^"\\]|\\.)*"/g;
const COMMENT = /(?:^| )--comment \S+/g;
const TARGET = /(?:^| )-[jg] (\S+)/;
const MATCHED_SET = /(?:^| )--match-set (\S+)/g;

/** Without what people wrote: a comment may look like a rule. */
const withoutTexts = (text: string): string => text.replaceAll(QUOTED, '""').replaceAll(COMMENT, '');

/** @returns the target or chain that a rule jumps or goes to. */
export const targetOf = ({ text }: SavedRule): string | undefined => TARGET.exec(withoutTexts(text))?.[1];

/** @returns the names of the sets that a rule looks into. */
export const matchedSets = ({ text }: SavedRule): string[] =>
  [...withoutTexts(text).matchAll(MATCHED_SET)].flatMap(([, name]) => name ?? []);
