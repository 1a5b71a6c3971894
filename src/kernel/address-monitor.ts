import { spawn, type ChildProcess } from 'node:child_process';

export interface AddressMonitorOptions {
  /** Addresses came or went; told once for changes that come together, and whenever some may have been missed. */
  readonly onChange: () => void;
  readonly onError: (error: Error) => void;
}

const GATHER_MS = 100;
const RESTART_MS = 5000;

/**
 * Watches the addresses of this network namespace by `ip monitor`, which sleeps until the kernel tells of a change. It is started anew when
 * it ends.
 */
export function monitorAddresses({ onChange, onError }: AddressMonitorOptions): void {
  let gathering: NodeJS.Timeout | undefined;
  let running: ChildProcess | undefined;
  // It would notice only when an address changes next that nobody reads what it says.
  process.once('exit', () => running?.kill());
  const changed = (): void => {
    gathering ??= setTimeout(() => {
      gathering = undefined;
      onChange();
    }, GATHER_MS);
  };
  const start = (): void => {
    // Not through execa: it would keep all that the process prints for as long as it lives.
    const child = spawn('ip', ['monitor', 'address'], { stdio: ['ignore', 'pipe', 'ignore'] });
    running = child;
    let hasEnded = false;
    const ended = (error: Error): void => {
      if (hasEnded) return;
      hasEnded = true;
      onError(error);
      setTimeout(() => {
        start();
        changed();
      }, RESTART_MS);
    };
    child.stdout.on('data', changed);
    child.on('error', ended);
    child.on('exit', (code, signal) => ended(new Error(`ip monitor ended (${signal ?? code})`)));
  };
  start();
}
