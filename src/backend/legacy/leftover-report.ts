/** What could not be removed, and why. */
export interface LeftoverFailure {
  readonly what: string;
  readonly error: unknown;
}

/** What came of removing another mode's leftovers. */
export class LeftoverReport {
  /** How many of each are gone. `rules` are those of chains that stay. */
  readonly removed = { rules: 0, chains: 0, sets: 0, virtualServers: 0, interfaces: 0 };
  readonly failures: LeftoverFailure[] = [];
  /** `ipv4 nat KUBE-MARK-MASQ`: chains that stay since rules of others jump to them. */
  readonly heldChains = new Set<string>();
  /** `ipv4 filter`: tables that iptables does not show. */
  readonly unreadTables = new Set<string>();
  /** Programs that are not there. */
  readonly missingTools: string[] = [];

  get hasRemoved(): boolean {
    return Object.values(this.removed).some(count => count > 0);
  }

  /** Does one part of the work; a failure is noted, and the others go on. @returns undefined where it failed */
  async attempt<T>(what: string, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.failures.push({ what, error });
      return undefined;
    }
  }
}
