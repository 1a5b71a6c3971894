import { restoreRules, saveRules, type IptablesVariant } from '../../kernel/iptables.ts';
import { destroySet, listSets, saveSet } from '../../kernel/ipset.ts';
import { changeVirtualServers, readVirtualServers } from '../../kernel/ipvs.ts';
import { deleteLink, listLinks, type Link } from '../../kernel/links.ts';
import type { ScratchFile } from '../../kernel/scratch-file.ts';
import type { Family } from '../../model/ip.ts';

/** What removing another mode's leftovers needs of the machine. All throw a CommandError where a program fails. */
export interface LegacyTools {
  /** @returns of iptables-save, or undefined where there is no such program. */
  readonly saveRules: (family: Family, variant: IptablesVariant) => Promise<string | undefined>;
  readonly restoreRules: (family: Family, variant: IptablesVariant, text: string) => Promise<void>;
  /** @returns names, or undefined where there is no ipset program. */
  readonly listSets: () => Promise<readonly string[] | undefined>;
  readonly saveSet: (name: string) => Promise<string>;
  readonly destroySet: (name: string) => Promise<void>;
  /** @returns the kernel's list, or undefined where it has no IPVS. */
  readonly readVirtualServers: () => Promise<string | undefined>;
  /** Runs lines of ipvsadm -R. */
  readonly changeVirtualServers: (lines: string) => Promise<void>;
  readonly listLinks: () => Promise<readonly Link[]>;
  readonly deleteLink: (name: string) => Promise<void>;
}

/** @returns those of this machine. @param scratch of the caller, who closes it */
export const systemTools = (scratch: ScratchFile): LegacyTools => ({
  saveRules,
  restoreRules: (family, variant, text) => restoreRules(family, variant, text, scratch),
  listSets,
  saveSet,
  destroySet,
  readVirtualServers: () => readVirtualServers(),
  changeVirtualServers: lines => changeVirtualServers(lines, scratch),
  listLinks,
  deleteLink,
});
