// The runner's side of an outpost process.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type net from 'node:net';
import { fileURLToPath } from 'node:url';
import type { ListenRequest, Operations, Reply, Request } from '../outpost/main.ts';
import type { Namespace } from './hosts.ts';
import type { Topology } from './topology.ts';

const PROGRAM = fileURLToPath(new URL('../outpost/main.ts', import.meta.url));

interface Call {
  // As a method, it may be a promise's `resolve` of any type: what an operation replies with is known by its name.
  resolve(result: unknown): void;
  reject(error: Error): void;
}

const isReply = (message: unknown): message is Reply =>
  message !== null && typeof message === 'object' && 'id' in message;

type Argument<K extends keyof Operations> = Parameters<Operations[K]> extends [] ? [] : Parameters<Operations[K]>;
type Result<K extends keyof Operations> = Awaited<ReturnType<Operations[K]>>;

export class Outpost {
  readonly #child: ChildProcess;
  readonly #calls = new Map<number, Call>();
  #nextId = 1;

  constructor(topology: Topology, namespace: Namespace) {
    const args = topology.inside(namespace, process.execPath, PROGRAM);
    this.#child = spawn('ip', args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', (message, handle) => {
      if (!isReply(message)) return;
      const { id, result, error } = message;
      const call = this.#calls.get(id);
      this.#calls.delete(id);
      if (error !== undefined) call?.reject(new Error(`${namespace}: ${error}`));
      else call?.resolve(handle ?? result);
    });
    this.#child.on('exit', (code, signal) => {
      const ended = new Error(`the outpost in ${namespace} ended (${signal ?? code})`);
      for (const call of this.#calls.values()) call.reject(ended);
      this.#calls.clear();
    });
  }

  /** Asks for an operation; rejects where it throws, and when the process ends. */
  call<K extends keyof Operations>(operation: K, ...[argument]: Argument<K>): Promise<Result<K>> {
    return this.#send(id => ({ id, operation, argument }));
  }

  /** Opens a listening socket inside the namespace; its connections are accepted here. */
  listen(argument: ListenRequest): Promise<net.Server> {
    return this.#send(id => ({ id, operation: 'listen', argument }));
  }

  #send<T>(requestOf: (id: number) => Request): Promise<T> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId;
      this.#nextId += 1;
      this.#calls.set(id, { resolve, reject });
      this.#child.send(requestOf(id), error => error && reject(error));
    });
  }

  /** Ends the process. */
  stop(): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
  }
}
