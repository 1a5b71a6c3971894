import {
  parseSavedRules,
  targetOf,
  type SavedRule,
  type SavedTable,
} from '../../../../src/backend/legacy/saved-rules.ts';

/** What a table of saved rules holds, to compare it. */
export const contentOf = ({ name, chains, rules }: Pick<SavedTable, 'name' | 'chains' | 'rules'>) => ({
  name,
  chains: [...chains],
  rules: rules.map(({ chain, text }) => `-A ${chain} ${text}`),
});

export const tablesOf = (saved: string): readonly SavedTable[] => parseSavedRules(saved).tables;

/**
 * Does to a table what iptables-restore --noflush does, with what it refuses: to delete a rule that is not there, a
 * chain with rules in it, or one that rules jump to.
 */
export function restoreInto(table: SavedTable, text: string): SavedTable {
  const chains = new Set(table.chains);
  let rules: readonly SavedRule[] = table.rules;
  const [header, ...lines] = text.trimEnd().split('\n');
  if (header !== `*${table.name}` || lines.pop() !== 'COMMIT')
    throw new Error(`not a restore of ${table.name}: ${text}`);
  for (const line of lines) {
    const [, verb, chain = '', rest = ''] = /^(:|-D |-X )(\S+) ?(.*)$/.exec(line) ?? [];
    if (!chains.has(chain)) throw new Error(`no chain: ${line}`);
    if (verb === ':') rules = rules.filter(rule => rule.chain !== chain);
    else if (verb === '-D ') {
      const index = rules.findIndex(rule => rule.chain === chain && rule.text === rest);
      if (index < 0) throw new Error(`no rule: ${line}`);
      rules = rules.toSpliced(index, 1);
    } else {
      if (rules.some(rule => rule.chain === chain || targetOf(rule) === chain)) throw new Error(`busy: ${line}`);
      chains.delete(chain);
    }
  }
  return { ...table, chains, rules };
}
