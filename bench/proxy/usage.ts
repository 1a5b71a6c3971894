import { cpuSeconds, descendants, peakBytes, programOf, residentBytes } from '../process/proc-stat.ts';
import type { Cpu } from '../process/proc-stat.ts';

const SAMPLE_MS = 10;

/** Bytes, the most that were resident: of the process, of the processes that it started, of all together. */
export interface Peak {
  readonly own: number;
  readonly children: number;
  readonly together: number;
}

/** Follows what a process and the processes that it starts cost. */
export class Usage {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #children = 0;
  #together = 0;

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
  }

  #sample(): void {
    const program = programOf(this.#pid);
    // Until it runs a program of its own, a child shares the memory of its parent. After that its own peak counts, so
    // that what it had between two samples is not missed while it lives.
    const others = descendants(this.#pid).filter(child => programOf(child) !== program);
    const children = others.reduce((sum, child) => sum + peakBytes(child), 0);
    this.#children = Math.max(this.#children, children);
    this.#together = Math.max(this.#together, children + residentBytes(this.#pid));
  }

  /** Of children and of all together what was seen in samples, 10 ms apart; of the process itself the kernel's figure. */
  get peak(): Peak {
    return { own: peakBytes(this.#pid), children: this.#children, together: this.#together };
  }

  /** CPU seconds so far; those of children that live still are counted, too. */
  get cpu(): Cpu {
    const living = descendants(this.#pid).reduce((sum, child) => sum + cpuSeconds(child).together, 0);
    const { own, children } = cpuSeconds(this.#pid);
    return { own, children: children + living, together: own + children + living };
  }

  get residentBytes(): number {
    return residentBytes(this.#pid);
  }

  /** Stops following. */
  stop(): void {
    clearInterval(this.#timer);
  }
}

/** What was spent between two readings. */
export const cpuBetween = (before: Cpu, after: Cpu): Cpu => ({
  own: after.own - before.own,
  children: after.children - before.children,
  together: after.together - before.together,
});
