import { IPTABLES_VARIANTS, type IptablesVariant } from '../../kernel/iptables.ts';
import type { Family } from '../../model/ip.ts';
import type { LeftoverReport } from './leftover-report.ts';
import { removeProxyRules } from './rule-removal.ts';
import { parseSavedRules, type SavedRules } from './saved-rules.ts';
import type { LegacyTools } from './tools.ts';

/**
 * Removes kube-proxy's rules and chains of one family, from all variants of iptables that this machine has. Never
 * throws.
 */
export async function removeRules(family: Family, tools: LegacyTools, report: LeftoverReport): Promise<void> {
  let isThere = false;
  for (const variant of IPTABLES_VARIANTS) {
    // The one without a name of its own is one of the others where these are there.
    if (variant === '' && isThere) continue;
    const found = await report.attempt(`rules of ${family} (iptables${variant})`, () =>
      new VariantCleaner(family, variant, tools, report).clean(),
    );
    isThere ||= found !== false;
  }
  if (!isThere) report.missingTools.push(family === 'ipv4' ? 'iptables-save' : 'ip6tables-save');
}

/**
 * Another program may change rules between reading and writing: nothing is done then, and the next attempt finds them
 * as they are.
 */
const ATTEMPTS = 3;

class VariantCleaner {
  readonly #family: Family;
  readonly #variant: IptablesVariant;
  readonly #tools: LegacyTools;
  readonly #report: LeftoverReport;

  constructor(family: Family, variant: IptablesVariant, tools: LegacyTools, report: LeftoverReport) {
    this.#family = family;
    this.#variant = variant;
    this.#tools = tools;
    this.#report = report;
  }

  /** @returns whether there is this variant at all. @throws Error where the rules cannot be read */
  async clean(): Promise<boolean> {
    const rules = await this.#read();
    if (!rules) return false;
    for (const table of rules.unreadable) this.#report.unreadTables.add(`${this.#family} ${table}`);
    for (const { name } of rules.tables) {
      const what = `rules of ${this.#family} in table ${name} (iptables${this.#variant})`;
      await this.#report.attempt(what, () => this.#cleanTable(name, rules));
    }
    return true;
  }

  async #read(): Promise<SavedRules | undefined> {
    const saved = await this.#tools.saveRules(this.#family, this.#variant);
    return saved === undefined ? undefined : parseSavedRules(saved);
  }

  async #cleanTable(name: string, { tables }: SavedRules, attempt = 1): Promise<void> {
    const table = tables.find(table => table.name === name);
    if (!table) return;
    const { restore, rules, chains, held } = removeProxyRules(table);
    try {
      if (restore) await this.#tools.restoreRules(this.#family, this.#variant, restore);
    } catch (error) {
      const changed = attempt < ATTEMPTS ? await this.#read() : undefined;
      if (!changed) throw error;
      return this.#cleanTable(name, changed, attempt + 1);
    }
    this.#report.removed.rules += rules;
    this.#report.removed.chains += chains;
    for (const chain of held) this.#report.heldChains.add(`${this.#family} ${name} ${chain}`);
  }
}
