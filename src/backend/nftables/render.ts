import type { Family } from '../../model/ip.ts';
import type { DesiredTable } from './desired-table.ts';
import { encodeChains, encodeDeclarations, encodeElementsJson, encodeElementsText } from './encode.ts';
import type { ElementDelta } from './schema.ts';

/** The whole ruleset as text for `nft -f`; loading it twice is the same as once. */
export function renderText(tables: Iterable<DesiredTable>): string {
  const parts: string[] = [];
  for (const table of tables) {
    const { family } = table.options;
    parts.push(
      encodeDeclarations(family),
      encodeChains(family, [...table.shapeChains(), ...table.baseChains]),
      encodeElementsText(family, allOf(table)),
    );
  }
  return parts.join('');
}

/** The elements alone, as JSON for `nft -j -f`: sets, maps and chains are only to be had from {@link renderText}. */
export const renderJson = (tables: Iterable<DesiredTable>): string =>
  `${encodeElementsJson([...tables].map((table): [Family, ElementDelta] => [table.options.family, allOf(table)]))}\n`;

const allOf = (table: DesiredTable): ElementDelta => ({ deletes: [], adds: [...table.ledger.entries()] });
