import { startNetlinkRelay } from './netlink-relay.ts';
import { TableMessages, type TableCommit } from './nfnetlink.ts';

export interface TableMonitorOptions {
  /** The name of the tables that count, in any family. */
  readonly table: string;
  /** A transaction touched one of them. Whose it is, the receiver has to find out. */
  readonly onCommit: (commit: TableCommit) => void;
  /** All is told again, after a time in which some may have been missed. */
  readonly onGap: () => void;
  /** Whether changes are told from now on. With the reason where they are not; it is tried again. */
  readonly onState: (state: { readonly isWatching: boolean; readonly error?: Error }) => void;
  /** Made anew for each start; startNetlinkRelay by default. */
  readonly start?: typeof startNetlinkRelay;
}

const FIRST_RESTART_MS = 1000;
const MAX_RESTART_MS = 5 * 60_000;
/** Who lived for so long begins with the short delay again. */
const STABLE_MS = 60_000;
const STDERR_KEPT = 1024;

/**
 * Watches tables of one name in this network namespace: tells of each transaction that touches them, and who made it. It is started anew
 * with back-off when it ends.
 */
export class TableMonitor {
  readonly #options: TableMonitorOptions;
  #delay = FIRST_RESTART_MS;
  /** Nothing was told for a while. */
  #hasMissed = false;
  #timer: NodeJS.Timeout | undefined;
  #stop: (() => void) | undefined;
  readonly #ready = Promise.withResolvers<void>();

  constructor(options: TableMonitorOptions) {
    this.#options = options;
    this.#start();
  }

  /** Resolves when the first attempt to start has succeeded or failed. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#stop?.();
  }

  #start(): void {
    const { table, onCommit, onGap, onState, start = startNetlinkRelay } = this.#options;
    const child = start(table);
    const began = performance.now();
    const messages = new TableMessages(table);
    let said = '';
    let hasEnded = false;
    const ended = (error: Error): void => {
      if (hasEnded) return;
      hasEnded = true;
      child.kill();
      this.#ready.resolve();
      this.#hasMissed = true;
      onState({ isWatching: false, error });
      if (performance.now() - began > STABLE_MS) this.#delay = FIRST_RESTART_MS;
      this.#timer = setTimeout(() => this.#start(), this.#delay);
      this.#delay = Math.min(2 * this.#delay, MAX_RESTART_MS);
    };
    this.#stop = () => {
      hasEnded = true;
      child.kill();
    };
    const take = (bytes: Buffer): void => {
      for (const message of messages.push(bytes)) {
        if (message.kind === 'commit') onCommit(message.commit);
        else if (message.kind === 'overrun') onGap();
        else {
          onState({ isWatching: true });
          if (this.#hasMissed) onGap();
          this.#hasMissed = false;
          this.#ready.resolve();
        }
      }
    };
    child.stdout?.on('data', (bytes: Buffer) => {
      if (hasEnded) return;
      try {
        take(bytes);
      } catch (error) {
        ended(error instanceof Error ? error : new Error(String(error)));
      }
    });
    child.stderr?.on('data', (bytes: Buffer) => {
      said = `${said}${bytes.toString()}`.slice(0, STDERR_KEPT);
    });
    // It may end before it has read that it is to end.
    child.stdin?.on('error', () => undefined);
    child.on('error', ended);
    child.on('close', (code, signal) => {
      const [reason = ''] = said.trim().split('\n');
      ended(new Error(`perl ended: ${reason || (signal ?? code)}`));
    });
  }
}
