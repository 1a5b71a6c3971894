// What a process and its children cost, from /proc (proc_pid_stat(5)).

import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second, as the kernel shows them to programs on every architecture that we run on. */
const TICKS = 100;
const PAGE_BYTES = 4096;
const SAMPLE_MS = 50;

interface Stat {
  readonly group: number;
  readonly rss: number;
  readonly own: number;
  readonly reaped: number;
}

/** CPU seconds: of the process itself, of the children that have ended, and of both. */
export interface Cpu {
  readonly own: number;
  readonly children: number;
  readonly together: number;
}

function stat(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const field = (index: number) => Number(fields[index]);
    return {
      group: field(2),
      rss: field(21) * PAGE_BYTES,
      own: (field(11) + field(12)) / TICKS,
      reaped: (field(13) + field(14)) / TICKS,
    };
  } catch {
    return undefined;
  }
}

/** Follows a process group's CPU seconds and peak memory (bytes). */
export class Usage {
  readonly peak = { own: 0, children: 0, together: 0 };
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
  }

  #sample(): void {
    const own = this.rss() || 0;
    let children = 0;
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name) || Number(name) === this.#pid) continue;
      const one = stat(Number(name));
      if (one?.group === this.#pid) children += one.rss;
    }
    this.peak.own = Math.max(this.peak.own, own);
    this.peak.children = Math.max(this.peak.children, children);
    this.peak.together = Math.max(this.peak.together, own + children);
  }

  /** CPU seconds so far; NaN once the process is gone. */
  cpu(): Cpu {
    const { own, reaped } = stat(this.#pid) ?? { own: NaN, reaped: NaN };
    return { own, children: reaped, together: own + reaped };
  }

  /** Resident bytes; NaN once the process is gone. */
  rss(): number {
    return stat(this.#pid)?.rss ?? NaN;
  }

  /** Stops following. */
  stop(): void {
    clearInterval(this.#timer);
  }
}
