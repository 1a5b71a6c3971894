import { AcknowledgedLines } from './acknowledged-lines.ts';
import type { OwnProcesses } from './own-processes.ts';

export interface NftSessionOptions {
  /** The program; looked up in PATH where it has no slash. */
  readonly path: string;
  readonly processes: OwnProcesses;
  /** It ends when nothing came for so long: a node where little happens has no process more than before. */
  readonly idleMs?: number;
  /** Told why, whenever it is not to be used for a while. */
  readonly onGivenUp?: ((reason: string, forMs: number) => void) | undefined;
}

const IDLE_MS = 30_000;
/** Then an ordinary one is waited for. */
const TIMEOUT_MS = 10_000;
/** A program in its place that takes its input whole never answers. */
const READY_MS = 3000;
/** It reads byte by byte: what is larger costs less by an ordinary one. And it remembers all lines for its history. */
const LARGEST_TEXT = 32 * 1024;
const MOST_TEXT = 4 * 1024 * 1024;
/** What it keeps of any transaction, however small. */
const LEAST_TEXT = 400;
/** So long after anything unexpected it is not tried again: some builds of nft are made without `-i`, or say more than needed. */
const GIVEN_UP_MS = 60_000;
/** Doubling each time, since each costs time that changes wait for. */
const LONGEST_GIVEN_UP_MS = 60 * 60_000;
/** Where in a line an error is; and what its library for editing lines says of a terminal that it has no description of, or of none at all. */
const NOISE =
  /^(?:[\s^~]*|No entry for terminal type .*|Cannot read termcap database;|using dumb terminal settings\.)$/;
/** It edits lines, as for somebody at a terminal: it is given nothing that could be a key. */
const PLAIN = /^[ -~]*$/;

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
  #givenUpMs = GIVEN_UP_MS;
  #givenUpUntil = -Infinity;
  readonly #onGivenUp: NftSessionOptions['onGivenUp'];

  constructor({ path, processes, idleMs = IDLE_MS, onGivenUp }: NftSessionOptions) {
    this.#onGivenUp = onGivenUp;
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
    const line = json.replaceAll('\n', '');
    if (!PLAIN.test(line)) return false;
    clearTimeout(this.#timer);
    const lines = (this.#lines ??= this.#open());
    this.#written += Math.max(json.length, LEAST_TEXT);
    const reason = await lines.send([line]).then(
      ([answer]) => (answer ? answer.message : 'no answer'),
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    // Somebody has closed it meanwhile: it may have been about to start.
    if (this.#lines !== lines) lines.close();
    else if (reason === undefined) this.#closeWhenIdle();
    else this.#giveUp(reason);
    return reason === undefined;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#lines?.close();
    this.#lines = undefined;
    this.#written = 0;
  }

  #giveUp(reason: string): void {
    this.close();
    this.#givenUpUntil = performance.now() + this.#givenUpMs;
    this.#onGivenUp?.(reason, this.#givenUpMs);
    this.#givenUpMs = Math.min(2 * this.#givenUpMs, LONGEST_GIVEN_UP_MS);
  }

  #closeWhenIdle(): void {
    this.#givenUpMs = GIVEN_UP_MS;
    if (this.#written > MOST_TEXT) this.close();
    else this.#timer = setTimeout(() => this.close(), this.#idleMs).unref();
  }

  #open(): AcknowledgedLines {
    return new AcknowledgedLines(
      {
        file: this.#path,
        executable: this.#processes.executable,
        args: ['-j', '-i'],
        // It would leave a history in the one, and read what keys are to do from the other, each by one of the libraries for it.
        env: { HOME: '/nonexistent', EDITRC: '', INPUTRC: '/dev/null', TERM: 'dumb' },
        // No JSON, and no command: of that it says `Error: syntax error, ...`, then the line, then where in it.
        marker: number => `ack-${number}`,
        numberOf: answer => {
          const number = /^ack-(\d+)$/.exec(answer)?.[1];
          return number === undefined ? undefined : Number(number);
        },
        lead: /^Error: syntax error/,
        // After its first error, nft 0.9.8 passes over all JSON and says nothing.
        proof: '{"nftables":[{"delete":{"table":{"family":"ip","name":"sluice-has-no-such-table"}}}]}',
        noise: NOISE,
        processes: this.#processes,
        timeoutMs: TIMEOUT_MS,
        readyMs: READY_MS,
      },
      () => undefined,
    );
  }
}
