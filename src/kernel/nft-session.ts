import { AcknowledgedLines } from './acknowledged-lines.ts';
import type { OwnProcesses } from './own-processes.ts';

export interface NftSessionOptions {
  /** The program; looked up in PATH where it has no slash. */
  readonly path: string;
  readonly processes: OwnProcesses;
  /** It ends when nothing came for so long: a node where little happens has no process more than before. */
  readonly idleMs?: number;
}

const IDLE_MS = 30_000;
/** Then an ordinary one is waited for. */
const TIMEOUT_MS = 10_000;
/** It reads byte by byte: what is larger costs less by an ordinary one. And it remembers all lines for its history. */
const LARGEST_TEXT = 32 * 1024;
const MOST_TEXT = 4 * 1024 * 1024;
/** So long after anything unexpected it is not tried again: some builds of nft are made without `-i`, or say more than needed. */
const GIVEN_UP_MS = 60_000;

/**
 * An nft that is kept running for the small transactions of single changes: starting one costs more than all that it does for such. It
 * takes JSON line by line, and says something only where a line fails. docs/adr/0015-an-nft-that-is-kept.md has the figures.
 *
 * It is a short cut and nobody's authority: whatever it does not plainly carry out is to be done, or refused, by an nft of its own.
 */
export class NftSession {
  readonly #path: string;
  readonly #processes: OwnProcesses;
  readonly #idleMs: number;
  #lines: AcknowledgedLines | undefined;
  #written = 0;
  #timer: NodeJS.Timeout | undefined;
  #givenUpUntil = -Infinity;

  constructor({ path, processes, idleMs = IDLE_MS }: NftSessionOptions) {
    this.#path = path;
    this.#processes = processes;
    this.#idleMs = idleMs;
  }

  /**
   * Applies one transaction. Calls must not overlap.
   * @param json a command list for `nft -j`
   * @returns whether the kernel has taken it. Where not, it may have all the same: nothing is known then
   */
  async apply(json: string): Promise<boolean> {
    if (json.length > LARGEST_TEXT || performance.now() < this.#givenUpUntil) return false;
    clearTimeout(this.#timer);
    const lines = (this.#lines ??= this.#open());
    this.#written += json.length;
    const answers = await lines.send([json.replaceAll('\n', '')]).catch(() => undefined);
    if (answers?.[0] && answers[0].message === undefined) {
      this.#closeWhenIdle();
      return true;
    }
    this.#givenUpUntil = performance.now() + GIVEN_UP_MS;
    this.close();
    return false;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#lines?.close();
    this.#lines = undefined;
    this.#written = 0;
  }

  #closeWhenIdle(): void {
    if (this.#written > MOST_TEXT) this.close();
    else this.#timer = setTimeout(() => this.close(), this.#idleMs).unref();
  }

  #open(): AcknowledgedLines {
    return new AcknowledgedLines(
      {
        file: this.#path,
        executable: this.#processes.executable,
        args: ['-j', '-i'],
        // It would leave a history there.
        env: { HOME: '/nonexistent' },
        // No JSON, and no command: of that it says `Error: syntax error, ...`, then the line, then where in it.
        marker: number => `ack-${number}`,
        numberOf: answer => {
          const number = /^ack-(\d+)$/.exec(answer)?.[1];
          return number === undefined ? undefined : Number(number);
        },
        lead: /^Error: syntax error/,
        noise: /^[\s^~]*$/,
        processes: this.#processes,
        timeoutMs: TIMEOUT_MS,
      },
      () => undefined,
    );
  }
}
