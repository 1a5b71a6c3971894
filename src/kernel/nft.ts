import { closeSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError, runCommand } from './command.ts';
import { NftSession } from './nft-session.ts';
import { OwnProcesses } from './own-processes.ts';
import { ScratchFile } from './scratch-file.ts';

/** How long one nft process may take; 30,000 services on a slow machine load in much less. */
const TIMEOUT_MS = 120_000;

export interface NftOptions {
  /** The program; looked up in PATH where it has no slash. */
  readonly path: string;
  /** Where the last failed transaction is kept for the operator. The system's temporary directory serves where it cannot be written. */
  readonly runtimeDirectory: string;
  /** Small transactions go to one that is kept running. */
  readonly isKept?: boolean;
  /** Told why, whenever that one is done without for a while. */
  readonly onGivenUp?: (reason: string, forMs: number) => void;
}

/** The nft program: the only way in which this project writes or reads nftables. Calls do not overlap. */
export class Nft {
  /** Tells the transactions that are written through this from those of others. */
  readonly processes: OwnProcesses;
  readonly #path: string;
  readonly #scratch: ScratchFile;
  readonly #session: NftSession | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @throws Error where neither directory can be written. */
  constructor({ path, runtimeDirectory, isKept = false, onGivenUp }: NftOptions) {
    this.#path = path;
    this.#scratch = new ScratchFile(runtimeDirectory);
    this.processes = new OwnProcesses(path, this.#scratch.directory);
    this.#session = isKept ? new NftSession({ path, processes: this.processes, onGivenUp }) : undefined;
  }

  close(): void {
    this.#session?.close();
    this.processes.close();
    this.#scratch.close();
  }

  /** @returns `1.0.6`. @throws CommandError where there is no nft. */
  async version(): Promise<string> {
    const printed = await this.#run(['--version']);
    return /v(\d+(?:\.\d+)+)/.exec(printed)?.[1] ?? printed.trim();
  }

  /**
   * Applies one transaction: all of it or nothing.
   * @param text nft's own syntax, or its JSON
   * @throws CommandError; the text is kept as `failed-transaction` in the runtime directory then
   */
  async apply(text: string, { json = false, check = false } = {}): Promise<void> {
    const args = [...(json ? ['-j'] : []), ...(check ? ['-c'] : []), '-f', '/dev/stdin'];
    await this.#exclusively(async () => {
      if (json && !check && (await this.#session?.apply(text))) return;
      const stdin = this.#scratch.write(text);
      try {
        const { processes } = this;
        const { executable } = processes;
        await runCommand(this.#path, args, { stdin, timeoutMs: TIMEOUT_MS, executable, processes });
      } catch (error) {
        if (!check) this.#keep(text, json, error);
        throw error;
      } finally {
        closeSync(stdin);
      }
    });
  }

  /**
   * Lists a table: never anything else, since other tables can hold what this nft cannot read.
   * @returns JSON, or undefined where there is no such table. @throws CommandError
   */
  listTable(family: 'ip' | 'ip6' | 'arp', table: string): Promise<string | undefined> {
    return this.#list(['table', family, table]);
  }

  /** Lists one map. @returns JSON, or undefined where there is no such map. @throws CommandError */
  listMap(family: 'ip' | 'ip6', table: string, map: string): Promise<string | undefined> {
    return this.listContainer(family, table, 'map', map);
  }

  /** Lists one set or map. @returns JSON, or undefined where there is none of that kind and name. @throws CommandError */
  listContainer(family: 'ip' | 'ip6', table: string, kind: 'set' | 'map', name: string): Promise<string | undefined> {
    return this.#list([kind, family, table, name]);
  }

  /** Lists one chain. @returns nft's own syntax, or undefined where there is none of that name. @throws CommandError */
  async listChain(family: 'ip' | 'ip6', table: string, chain: string): Promise<string | undefined> {
    try {
      return await this.#run(['list', 'chain', family, table, chain]);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /**
   * Lists all tables of a family without the elements of their sets and maps. For one table alone nft 1.0.6 reads the elements, too. What
   * other tables hold may be more than this nft can print: then this fails, or what it prints is no JSON.
   * @returns JSON. @throws CommandError
   */
  listFrames(family: 'ip' | 'ip6'): Promise<string> {
    return this.#run(['-j', '-t', 'list', 'ruleset', family]);
  }

  async #list(what: readonly string[]): Promise<string | undefined> {
    try {
      return await this.#run(['-j', 'list', ...what]);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  #run(args: readonly string[]): Promise<string> {
    return this.#exclusively(() => runCommand(this.#path, args, { timeoutMs: TIMEOUT_MS }));
  }

  #exclusively<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => undefined);
    return next;
  }

  #keep(text: string, json: boolean, error: unknown): void {
    try {
      const path = (ending: string): string => join(this.#scratch.directory, `failed-transaction.${ending}`);
      rmSync(path(json ? 'nft' : 'json'), { force: true });
      writeFileSync(path(json ? 'json' : 'nft'), text);
      writeFileSync(path('txt'), `${error instanceof CommandError ? error.stderr : String(error)}\n`);
    } catch {
      // It is a help for the operator only; the error itself is reported anyhow.
    }
  }
}

/** Whether the kernel said that there is no such table. nft's first line tells; more can be in comments of rules. */
export const isNotFound = (error: unknown): boolean =>
  error instanceof CommandError && /^[^\n]*No such file or directory/.test(error.stderr.trimStart());
