import type { Difference, DifferingKind } from '../difference.ts';
import { isOnDemand, type DesiredTable } from './desired-table.ts';
import type { FoundChain, TableContent } from './parse.ts';
import { diffRules } from './rule-difference.ts';
import { containersOf, type Chain } from './schema.ts';

/** What a rule that is none of ours is, where nft was not asked. */
export const FOREIGN_RULE = '# a rule that sluice does not know';

/**
 * What of the frame of a table is not as it is desired: the table, its sets and maps, its chains with their rules. Chains on demand that
 * nothing leads to any more do not count: they wait to be tidied up.
 * @param rulesOf the rules of a chain as nft prints them, where some of them are none of ours
 * @returns the table first, then sets and maps in the order of the schema, then chains by name, each with its rules
 */
export function frameDifferences(
  table: DesiredTable,
  content: TableContent,
  rulesOf: (chain: string) => readonly string[] | undefined = () => undefined,
): Difference[] {
  const { family } = table.options;
  const differ = (
    kind: DifferingKind,
    name: string,
    kernel: string | undefined,
    desired: string | undefined,
  ): Difference => ({ family, kind, in: '', name, owner: undefined, kernel, desired });
  return [
    ...(content.exists ? [] : [differ('table', '', undefined, '')]),
    ...(content.isDormant ? [differ('table', '', '{ flags dormant; }', '')] : []),
    ...containersOf(family)
      .filter(({ name }) => !content.elements.has(name))
      .map(({ kind, name, declaration }) =>
        differ(kind, name, content.unusable.includes(name) ? '' : undefined, `{ ${declaration} }`),
      ),
    ...content.foreignContainers
      .toSorted((a, b) => byText(a.name, b.name))
      .map(({ kind, name }) => differ(kind, name, '', undefined)),
    ...chainDifferences(table, content, rulesOf, differ),
  ];
}

function chainDifferences(
  table: DesiredTable,
  { chains }: TableContent,
  rulesOf: (chain: string) => readonly string[] | undefined,
  differ: (kind: DifferingKind, name: string, kernel: string | undefined, desired: string | undefined) => Difference,
): Difference[] {
  const { family } = table.options;
  const wanted = new Map([...table.shapeChains(), ...table.baseChains].map(chain => [chain.name, chain]));
  const surplus = [...chains.keys()].filter(name => !wanted.has(name) && !isOnDemand(name));
  return [...wanted.keys(), ...surplus].toSorted(byText).flatMap(name => {
    const is = chains.get(name);
    const want = wanted.get(name);
    const [kernel, desired] = [is && headOf(is), want && headOf(want)];
    const head = kernel === desired ? [] : [differ('chain', name, kernel, desired)];
    if (!want) return head;
    const found = is ? rulesIn(is, rulesOf(name)) : [];
    const rules = diffRules(found, want.rules).map((rule): Difference => ({
      family,
      kind: 'rule',
      in: name,
      name: '',
      owner: undefined,
      ...rule,
    }));
    return [...head, ...rules];
  });
}

/** @param printed all rules of the chain, as nft prints them */
const rulesIn = ({ rules }: FoundChain, printed: readonly string[] = []): string[] =>
  rules.map((rule, i) => rule ?? (printed.length === rules.length ? printed[i]! : FOREIGN_RULE));

/** What a chain is declared with; of one without a hook nothing. */
function headOf({ hook, policy = 'accept' }: Pick<Chain, 'hook'> & Pick<FoundChain, 'policy'>): string {
  if (!hook) return '';
  return `{ type ${hook.type} hook ${hook.hook} priority ${hook.priority}; policy ${policy}; }`;
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
