import type { Logger } from 'pino';
import { CommandError } from '../../kernel/command.ts';
import type { Nft } from '../../kernel/nft.ts';
import type { Family } from '../../model/ip.ts';
import type { Difference } from '../difference.ts';
import type { DesiredTable } from './desired-table.ts';
import { diffElements, type FamilyUnit, type Found } from './diff.ts';
import { elementDifferences } from './element-difference.ts';
import { frameDifferences } from './frame-difference.ts';
import { inSteps } from './in-steps.ts';
import type { TableContent } from './parse.ts';
import { printedRules } from './printed-rules.ts';
import type { DumpSets } from './read-table.ts';
import { NFT_FAMILY, TABLE } from './schema.ts';
import { TableReader } from './table-reader.ts';

export interface KernelDifferenceOptions {
  readonly nft: Nft;
  /** Reads elements in the place of nft. */
  readonly dump?: DumpSets | undefined;
  readonly logger: Logger;
  /** What else has entries in the ledgers, as it was read. */
  readonly beside?: ReadonlyMap<Family, Found>;
}

/**
 * Reads the tables of the kernel, one after the other, and says how they differ from what is desired. Writes nothing.
 * @returns what differs in the frames, by family; then elements, see {@link elementDifferences}
 * @throws CommandError; Error where nft printed no listing
 */
export async function kernelDifferences(
  tables: ReadonlyMap<Family, DesiredTable>,
  options: KernelDifferenceOptions,
): Promise<Difference[]> {
  const frames: Difference[] = [];
  const units: FamilyUnit[] = [];
  for (const [family, table] of tables) {
    const content = await read(family, options);
    const printed = await printForeignRules(content, table, options.nft);
    frames.push(...frameDifferences(table, content, chain => printed.get(chain)));
    const found: Found = new Map([...content.elements, ...(options.beside?.get(family) ?? [])]);
    for (const unit of await inSteps(diffElements(table.ledger, found))) units.push({ family, ...unit });
  }
  return [...frames, ...elementDifferences(units)];
}

async function read(family: Family, { nft, dump, logger }: KernelDifferenceOptions): Promise<TableContent> {
  try {
    return await new TableReader({ nft, dump, family, logger }).read();
  } catch (error) {
    if (error instanceof CommandError) throw error;
    // The agent would take them off; this must not.
    throw new Error(
      `the listing of table ${NFT_FAMILY[family]} ${TABLE} cannot be read: it may have flags, such as dormant, which nft 1.0.6 prints wrongly`,
      { cause: error },
    );
  }
}

/** Of our chains, those in which others have put rules, as nft prints them. Of chains that are none of ours the name is enough. */
async function printForeignRules(
  { chains }: TableContent,
  table: DesiredTable,
  nft: Nft,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const printed = new Map<string, readonly string[]>();
  for (const { name } of [...table.shapeChains(), ...table.baseChains]) {
    if (!chains.get(name)?.rules.includes(undefined)) continue;
    const listing = await nft.listChain(NFT_FAMILY[table.options.family], TABLE, name);
    if (listing !== undefined) printed.set(name, printedRules(listing));
  }
  return printed;
}
