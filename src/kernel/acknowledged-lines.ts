import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';

/** What a program said to one line; undefined: nothing, so it is done. */
export interface Answer {
  readonly message: string | undefined;
  /** The program ended at this line. */
  readonly isFatal: boolean;
}

export interface LineProgram {
  readonly file: string;
  /** Started in the place of `file`: the same program by another name. Messages say `file`. */
  readonly executable?: string | undefined;
  readonly args: readonly string[];
  /** Besides that of this program, and LC_ALL. */
  readonly env?: Readonly<Record<string, string>>;
  /** A line that does nothing and that the program answers with one line, which has the number. */
  readonly marker: (number: number) => string;
  /** Reads the number back. @returns undefined for any other line */
  readonly numberOf: (answer: string) => number | undefined;
  /** What it says right before that, of the marker. */
  readonly lead?: RegExp;
  /** A line that it cannot carry out. What it says to that does not matter; one that says nothing is not to be believed. */
  readonly proof?: string;
  /** Lines that tell nothing. */
  readonly noise?: RegExp;
  /** Told of the process whenever it is given lines, and when they are answered: between, it does nothing. */
  readonly processes?: { started(pid: number): void; ended(pid: number): void } | undefined;
  /** Longest time without an answer. */
  readonly timeoutMs: number;
  /** Longest time to the first one, by which it is known to be ready; `timeoutMs` by default. */
  readonly readyMs?: number;
}

/** So many bytes without an answer are no messages: it is ended then. */
const MOST_SAID = 1024 * 1024;
/** So long it may take to end, when its input has ended, or when it was killed. */
const ENDING_MS = 5000;

interface Running {
  readonly child: ChildProcess;
  /** When nothing of it is left that could write. */
  readonly closed: Promise<unknown>;
  /** Bytes that it has said since its last answer. */
  unanswered: number;
  /** How it ended, once it has. */
  end: { readonly reason: string; readonly isOwn: boolean } | undefined;
  /** Takes each line of its standard error, and is told of its end. */
  listener: { onLine(line: string): void; onEnd(): void } | undefined;
}

/**
 * A program that is kept running and takes commands line by line. It says something on its standard error only where a command fails, so
 * a marker follows each line: what comes before the marker's answer belongs to the line. Started when needed, and anew when it has ended.
 */
export class AcknowledgedLines {
  readonly #program: LineProgram;
  readonly #onRestart: (reason: string) => void;
  #running: Running | undefined;
  #number = 0;
  #last: Promise<unknown> = Promise.resolve();

  /** @param onRestart told why the program ended, whenever it does and was not asked to */
  constructor(program: LineProgram, onRestart: (reason: string) => void) {
    this.#program = program;
    this.#onRestart = onRestart;
  }

  /**
   * Has the lines carried out, in order, whatever becomes of each. Calls do not overlap. Where the program ends at a line, the rest is done
   * by a new one.
   * @returns an answer for each line
   * @throws Error where the program cannot be started, is killed, or does not answer: some of the lines may have been done then
   */
  send(lines: readonly string[]): Promise<Answer[]> {
    const next = this.#last.then(() => this.#send(lines));
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** Lets the program end: it does first what it was given. */
  close(): void {
    const running = this.#running;
    this.#running = undefined;
    if (!running) return;
    running.child.stdin?.end();
    const timer = setTimeout(() => running.listener ?? void kill(running), ENDING_MS).unref();
    void running.closed.then(() => clearTimeout(timer));
  }

  async #send(lines: readonly string[]): Promise<Answer[]> {
    const answers: Answer[] = [];
    while (answers.length < lines.length) {
      const running = (this.#running ??= await this.#start());
      const more = await this.#exchange(running, lines.slice(answers.length));
      answers.push(...more);
      if (!running.end) continue;
      this.#running = undefined;
      // A program that gives up by itself does so at the line that it did not answer; otherwise the line is not to blame.
      if (answers.length === lines.length) continue;
      if (!running.end.isOwn) throw new Error(running.end.reason);
      if (!answers.at(-1)?.isFatal) throw new Error(running.end.reason);
    }
    return answers;
  }

  async #start(): Promise<Running> {
    const { file, executable = file, args, env, proof, noise, timeoutMs, readyMs = timeoutMs } = this.#program;
    const program = execa(executable, args, {
      stdin: 'pipe',
      stdout: 'ignore',
      stderr: 'pipe',
      // Else it would keep all that is printed for as long as the process lives.
      buffer: false,
      reject: false,
      // When this program ends: one that hangs is not to write anything after that.
      killSignal: 'SIGKILL',
      env: { LC_ALL: 'C', ...env },
    });
    const { nodeChildProcess: child } = program;
    const isThere = child.pid !== undefined;
    const closed = isThere ? new Promise(resolve => child.once('close', resolve)) : Promise.resolve();
    const running: Running = { child, closed, unanswered: 0, end: undefined, listener: undefined };
    const end = (reason: string, isOwn: boolean): void => {
      if (running.end) return;
      running.end = { reason: `${[file, ...args].join(' ')} ${reason}`, isOwn };
      if (this.#running === running) {
        this.#running = undefined;
        this.#onRestart(running.end.reason);
      }
      running.listener?.onEnd();
    };
    child.stdin?.on('error', () => undefined);
    let isEndless = false;
    child.stderr?.on('data', (chunk: Buffer) => {
      running.unanswered += chunk.length;
      if (isEndless || running.unanswered <= MOST_SAID) return;
      isEndless = true;
      child.stderr?.destroy();
      void kill(running).then(() => end('said more than can be read', false));
    });
    createInterface({ input: child.stderr! }).on('line', line => {
      if (!noise?.test(line)) running.listener?.onLine(line);
    });
    child.on('error', error => end(`cannot be started: ${error.message}`, false));
    // Not all that is short (memory, descriptors) is told by an event.
    if (!isThere) void program.then(({ originalMessage }) => end(`cannot be started: ${originalMessage}`, false));
    // Not `exit`: what it said last may still be on its way then.
    child.on('close', (code, signal) => {
      if (!isEndless) end(`ended (${signal ?? code})`, signal === null);
    });
    // A program that does not even answer this is not to be blamed on the first line.
    const [answer, refusal] = await this.#exchange(running, proof === undefined ? [''] : ['', proof], readyMs);
    const isSilent = proof !== undefined && refusal?.message === undefined;
    if (running.end || answer?.message !== undefined || isSilent) {
      await kill(running);
      const reason =
        running.end?.reason ?? `${file} ${answer?.message === undefined ? 'does not tell what fails' : 'is not ready'}`;
      throw new Error([reason, answer?.message].filter(Boolean).join(': '));
    }
    return running;
  }

  /** @returns the answers until the program ends or all lines are answered; the last one is fatal where it ended by itself */
  #exchange(running: Running, lines: readonly string[], timeoutMs = this.#program.timeoutMs): Promise<Answer[]> {
    const { marker, numberOf, lead, file, processes } = this.#program;
    const { pid } = running.child;
    const first = this.#number + 1;
    this.#number += lines.length;
    return new Promise((resolve, reject) => {
      const answers: Answer[] = [];
      let said: string[] = [];
      const done = (work: () => void): void => {
        clearTimeout(timer);
        running.listener = undefined;
        if (pid !== undefined) processes?.ended(pid);
        work();
      };
      const giveUp = async (reason: string): Promise<void> => {
        if (this.#running === running) {
          this.#running = undefined;
          this.#onRestart(reason);
        }
        clearTimeout(timer);
        running.listener = undefined;
        // What it was given may be on its way to the kernel: nobody else is to do it meanwhile.
        await kill(running);
        done(() => reject(new Error(reason)));
      };
      const timer = setTimeout(() => void giveUp(`${file} does not answer`), timeoutMs);
      const message = (): string | undefined => (said.length ? said.join('; ') : undefined);
      const onEnd = (): void => {
        if (running.end?.isOwn && said.length) answers.push({ message: message(), isFatal: true });
        done(() => resolve(answers));
      };
      if (running.end) {
        onEnd();
        return;
      }
      running.listener = {
        onLine: line => {
          const number = numberOf(line);
          if (number === undefined) {
            said.push(line);
            return;
          }
          if (number !== first + answers.length) {
            void giveUp(`${file} answers out of order`);
            return;
          }
          if (lead?.test(said.at(-1) ?? '')) said.pop();
          answers.push({ message: message(), isFatal: false });
          said = [];
          running.unanswered = 0;
          timer.refresh();
          if (answers.length === lines.length) done(() => resolve(answers));
        },
        onEnd,
      };
      if (pid !== undefined) processes?.started(pid);
      running.child.stdin?.write(lines.map((line, i) => `${line}\n${marker(first + i)}\n`).join(''));
    });
  }
}

/** @returns when it has ended, and nothing of it is read any more; one that cannot be ended is left alone */
async function kill({ child, closed }: Running): Promise<void> {
  child.kill('SIGKILL');
  const waiting = new AbortController();
  const patience = delay(ENDING_MS, undefined, { signal: waiting.signal, ref: false }).catch(() => undefined);
  await Promise.race([closed, patience]);
  waiting.abort();
  child.stdin?.destroy();
  child.stderr?.destroy();
}
