import { styleText } from 'node:util';

const LABEL_WIDTH = 6;

/** Tells what happens, line by line, and counts the checks. Colours only where standard output is a terminal. */
export class Narrator {
  passed = 0;
  failed = 0;
  readonly #signal: AbortSignal;

  /** Once the signal is aborted, telling anything throws its reason: the tour goes no further. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Begins a step; `what` is one short sentence on what there is to see. */
  step(title: string, ...what: readonly string[]): void {
    this.#signal.throwIfAborted();
    console.log(`\n${styleText('bold', title)}`);
    for (const line of what) this.#line('', line);
  }

  /** A line that nothing is checked in. */
  tell(text: string): void {
    this.#signal.throwIfAborted();
    this.#line('', text);
  }

  /** A line with what was seen; it fails where there is a problem with it, which is told below it. */
  check(text: string, problem?: string): void {
    this.#signal.throwIfAborted();
    this.#count(text, problem);
  }

  /** As `check`, but whatever has been aborted: for what has to be told at the end. */
  checkAtLast(text: string, problem?: string): void {
    this.#count(text, problem);
  }

  /** The closing lines; the very last one is what `make test` reads. */
  close(): void {
    console.log(`\ndemo: ${this.passed} ${this.passed === 1 ? 'check' : 'checks'} passed, ${this.failed} failed`);
    console.log(`${this.passed} passed, ${this.failed} failed`);
  }

  #count(text: string, problem: string | undefined): void {
    if (problem === undefined) {
      this.passed += 1;
      this.#line('ok', text);
    } else {
      this.failed += 1;
      this.#line('FAILED', text);
      for (const line of problem.split('\n')) this.#line('', `  ${line}`);
    }
  }

  #line(label: '' | 'ok' | 'FAILED', text: string): void {
    const padded = label.padEnd(LABEL_WIDTH);
    const shown = label ? styleText(label === 'ok' ? 'green' : 'red', padded) : padded;
    console.log(`${shown}  ${text}`.trimEnd());
  }
}

/** Lines up cells in columns; the last one is not padded. */
export function row(widths: readonly number[], ...cells: readonly string[]): string {
  return cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join('  ')
    .trimEnd();
}

/** Milliseconds as one reads them; what takes infinitely long never comes. */
export function milliseconds(ms: number): string {
  if (!Number.isFinite(ms)) return 'never';
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

/** Milliseconds, as seconds. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
