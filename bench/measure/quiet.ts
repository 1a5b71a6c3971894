import { setTimeout as sleep } from 'node:timers/promises';
import type { Usage } from '../proxy/usage.ts';

const WINDOW_MS = 500;
const QUIET_WINDOWS = 2;
/** CPU seconds in a window that count as nothing. */
const NOTHING = 0.025;

/** Waits until a proxy has spent next to no CPU for a second. @throws Error after so many seconds */
export async function untilQuiet(usage: Usage, withinSeconds = 300): Promise<void> {
  const deadline = performance.now() + withinSeconds * 1000;
  for (let last = usage.cpu.together, quiet = 0; quiet < QUIET_WINDOWS;) {
    if (performance.now() > deadline) throw new Error(`the proxy was not quiet after ${withinSeconds} s`);
    await sleep(WINDOW_MS);
    const now = usage.cpu.together;
    quiet = now - last <= NOTHING ? quiet + 1 : 0;
    last = now;
  }
}
