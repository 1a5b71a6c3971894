// nft without a kernel, for tests of what uses it.

import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecaError } from 'execa';
import { CommandError } from '../../src/kernel/command.ts';
import { Nft } from '../../src/kernel/nft.ts';
import { commandsOfJson, commandsOfText } from './fake-nft-commands.ts';
import { MISSING, Refused } from './fake-nft-container.ts';
import { FakeKernel, type FakeTable } from './fake-nft-kernel.ts';
import { FAKE_VERSION, listingOf, METAINFO } from './fake-nft-listing.ts';

/** A call of nft, and what became of it. */
export interface FakeNftCall {
  readonly what: 'apply' | 'check' | 'list';
  readonly text: string;
  /** The kernel has taken it, or has been read. */
  readonly isDone: boolean;
  /** Why nft said that it failed. */
  readonly failure: string | undefined;
}

/** What goes wrong with one call of nft. */
export type FakeNftFault =
  /** Exit status 1, before anything was done. */
  | { readonly does: 'fail' }
  /** Exit status 1, although all was done. */
  | { readonly does: 'fail-after' }
  /** Ended by a signal, as by the OOM killer, before or after the kernel took the transaction. */
  | { readonly does: 'die'; readonly isDone: boolean }
  /** Takes so long that it is ended. */
  | { readonly does: 'hang'; readonly isDone: boolean }
  /** Exit status 0 and this, instead of what it should print. */
  | { readonly does: 'print'; readonly text: (printed: string) => string };

export interface FakeNftOptions {
  /** What goes wrong with the next call; undefined: nothing. */
  readonly faults?: (what: FakeNftCall['what']) => FakeNftFault | undefined;
  /** How long a call takes. */
  readonly latencyMs?: () => number;
}

const TIMEOUT_MS = 120_000;

/** Stands for {@link Nft} where its kernel is a {@link FakeKernel}. */
export class FakeNft extends Nft {
  readonly kernel: FakeKernel;
  readonly calls: FakeNftCall[] = [];
  readonly #options: FakeNftOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(kernel = new FakeKernel(), options: FakeNftOptions = {}) {
    super({ path: '/nonexistent/nft', runtimeDirectory: join(tmpdir(), 'sluice-fake-nft') });
    this.kernel = kernel;
    this.#options = options;
  }

  override version(): Promise<string> {
    return Promise.resolve(FAKE_VERSION);
  }

  override apply(text: string, { json = false, check = false } = {}): Promise<void> {
    return this.#call(check ? 'check' : 'apply', text, () => {
      const commands = json ? commandsOfJson(text) : commandsOfText(text);
      this.kernel.apply(commands, { check });
      return '';
    }).then(() => undefined);
  }

  override listTable(family: 'ip' | 'ip6', table: string): Promise<string | undefined> {
    return this.#list(`${family} ${table}`, content => listingOf(family, table, content));
  }

  override listContainer(
    family: 'ip' | 'ip6',
    table: string,
    _kind: 'set' | 'map',
    name: string,
  ): Promise<string | undefined> {
    return this.#list(`${family} ${table}`, ({ containers }) => {
      const container = containers.get(name);
      if (!container) throw new Refused(MISSING);
      return [container.listing(family, table, name)];
    });
  }

  /** The calls of one kind that failed. */
  failures(what: FakeNftCall['what'] = 'apply'): readonly FakeNftCall[] {
    return this.calls.filter(call => call.what === what && call.failure !== undefined);
  }

  async #list(table: string, print: (table: FakeTable) => readonly object[]): Promise<string | undefined> {
    const printed = await this.#call('list', table, () => {
      const content = this.kernel.tables.get(table);
      return content ? JSON.stringify({ nftables: [METAINFO, ...print(content)] }) : undefined;
    });
    return printed;
  }

  /** One after the other, as the real one's. */
  #call<T extends string | undefined>(what: FakeNftCall['what'], text: string, work: () => T): Promise<T> {
    const run = async (): Promise<T> => {
      const latencyMs = this.#options.latencyMs?.();
      if (latencyMs !== undefined) await this.#pass(latencyMs);
      return this.#faulty(what, text, work);
    };
    const next = this.#last.then(run, run);
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #faulty<T extends string | undefined>(what: FakeNftCall['what'], text: string, work: () => T): Promise<T> {
    const fault = this.#options.faults?.(what);
    if (fault?.does === 'fail' || ((fault?.does === 'die' || fault?.does === 'hang') && !fault.isDone))
      return this.#fail(what, text, false, fault);
    let printed: T;
    try {
      printed = work();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.calls.push({ what, text, isDone: false, failure: error.message });
      throw commandError({
        stderr: `/dev/stdin:1:1-2: Error: Could not process rule: ${error.message}\n`,
        exitCode: 1,
      });
    }
    if (fault && fault.does !== 'print') return this.#fail(what, text, true, fault);
    this.calls.push({ what, text, isDone: true, failure: undefined });
    return fault && printed !== undefined ? (fault.text(printed) as T) : printed;
  }

  async #fail(what: FakeNftCall['what'], text: string, isDone: boolean, { does }: FakeNftFault): Promise<never> {
    if (does === 'hang') await this.#pass(TIMEOUT_MS);
    this.calls.push({ what, text, isDone, failure: does });
    if (does === 'die') throw commandError({ stderr: '', signal: 'SIGKILL' });
    if (does === 'hang') throw commandError({ stderr: '', signal: 'SIGTERM', timedOut: true });
    throw commandError({
      stderr: 'netlink: Error: cache initialization failed: Device or resource busy\n',
      exitCode: 1,
    });
  }

  #pass(milliseconds: number): Promise<void> {
    return new Promise(resolve => setTimeout(resolve, milliseconds));
  }
}

function commandError(end: {
  readonly stderr: string;
  readonly exitCode?: number;
  readonly signal?: string;
  readonly timedOut?: boolean;
}): CommandError {
  const how = end.signal === undefined ? `failed with exit code ${end.exitCode}` : `was killed with ${end.signal}`;
  const cause = { ...end, shortMessage: `Command ${how}`, originalMessage: '' } as unknown as ExecaError;
  return new CommandError('nft -f /dev/stdin', cause);
}
