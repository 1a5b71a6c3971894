import { isEntryChain, isProxyChain, MARK_CHAIN, MASQUERADE_CHAIN } from './proxy-chains.ts';
import { isProxySet } from './proxy-sets.ts';
import { matchedSets, targetOf, type SavedRule, type SavedTable } from './saved-rules.ts';

/** What takes kube-proxy's rules out of one table. */
export interface RuleRemoval {
  readonly table: string;
  /** For iptables-restore --noflush: all of it or nothing. Empty where there is nothing to remove. */
  readonly restore: string;
  /** How many rules of chains that stay go. */
  readonly rules: number;
  /** How many chains go, with all that is in them. */
  readonly chains: number;
  /**
   * Chains that cannot go since rules of others jump to them. They are empty then, but for those that others rely on.
   */
  readonly held: readonly string[];
}

/**
 * Works out how kube-proxy's chains, and its rules in built-in chains, leave a table, and nothing else does. Pure.
 *
 * Where others jump to KUBE-MARK-MASQ they want their packets masqueraded: it stays as it is then, and so does
 * KUBE-POSTROUTING, but for rules that look into sets that are to go.
 */
export function removeProxyRules({ name: table, chains, builtInChains, rules }: SavedTable): RuleRemoval {
  const ours = new Set([...chains].filter(chain => isProxyChain(table, chain)));
  const jumps: (SavedRule & { target: string })[] = [];
  const held = new Set<string>();
  for (const rule of rules) {
    const target = ours.has(rule.chain) ? undefined : targetOf(rule);
    if (target === undefined || !ours.has(target)) continue;
    if (builtInChains.has(rule.chain) && isEntryChain(target)) jumps.push({ ...rule, target });
    else held.add(target);
  }
  const kept = new Set(held.has(MARK_CHAIN) ? [MARK_CHAIN, MASQUERADE_CHAIN].filter(chain => ours.has(chain)) : []);
  const deleted = [
    ...jumps.filter(({ target }) => !kept.has(target)),
    ...rules.filter(rule => kept.has(rule.chain) && matchedSets(rule).some(isProxySet)),
  ];
  const removed = [...ours].filter(chain => !kept.has(chain) && !held.has(chain));
  const inUse = new Set(rules.map(({ chain }) => chain));
  const emptied = [...held].filter(chain => !kept.has(chain) && inUse.has(chain));
  const lines = [
    ...[...removed, ...emptied].map(chain => `:${chain} - [0:0]`),
    ...deleted.map(({ chain, text }) => `-D ${chain} ${text}`),
    ...removed.map(chain => `-X ${chain}`),
  ];
  return {
    table,
    restore: lines.length ? [`*${table}`, ...lines, 'COMMIT', ''].join('\n') : '',
    rules: deleted.length,
    chains: removed.length,
    held: [...new Set([...held, ...kept])],
  };
}
