import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Operations, Reply } from './answer-calls.ts';

interface Waiting {
  // As a method it may be a promise's `resolve` of any type: what an operation replies with is known by its name.
  resolve(result: unknown): void;
  reject(error: Error): void;
}

const isReply = (message: unknown): message is Reply =>
  message !== null && typeof message === 'object' && 'id' in message;

type Argument<F extends (argument: never) => unknown> = Parameters<F> extends [] ? [] : [argument: Parameters<F>[0]];

/** A helper process of the benchmark in a network namespace, asked over its IPC channel. */
export class Helper<Ops extends Operations> {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;

  /**
   * @param program relative to this folder's parent, `apiserver/main.ts`
   * @param nodeOptions flags for the Node.js that runs it
   */
  constructor(namespace: string, program: string, nodeOptions: readonly string[] = []) {
    const path = fileURLToPath(new URL(`../${program}`, import.meta.url));
    const args = ['netns', 'exec', namespace, process.execPath, ...nodeOptions, path];
    this.#child = spawn('ip', args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', message => {
      if (!isReply(message)) return;
      const { id, result, error } = message;
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(`${program}: ${error}`));
    });
    this.#child.on('exit', (code, signal) => {
      const ended = new Error(`${program} ended (${signal ?? code})`);
      for (const waiting of this.#waiting.values()) waiting.reject(ended);
      this.#waiting.clear();
    });
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Asks for an operation; rejects where it throws, and when the process ends. */
  call<K extends keyof Ops & string>(
    operation: K,
    ...[argument]: Argument<Ops[K]>
  ): Promise<Awaited<ReturnType<Ops[K]>>> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId;
      this.#nextId += 1;
      this.#waiting.set(id, { resolve, reject });
      this.#child.send({ id, operation, argument }, error => error && reject(error));
    });
  }

  /** Ends the process. */
  stop(): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
  }
}
