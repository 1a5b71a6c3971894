// The proxy under test: a command line, run in the node's namespace.

import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { attempt, type Ended } from './exec.ts';
import type { Topology } from './topology.ts';

const GRACE_MS = 10_000;

export interface ProxyEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ProxyOptions {
  readonly topology: Topology;
  /** A shell command. */
  readonly command: string;
  readonly args: readonly string[];
  /** The file that its output is appended to. */
  readonly log: string;
  /** A directory that goes before all others in the PATH of the proxy. */
  readonly tools?: string | undefined;
}

export class Proxy {
  readonly args: readonly string[];
  readonly log: string;
  /** Set once the process has ended. */
  ended: ProxyEnd | undefined;

  readonly #topology: Topology;
  readonly #command: string;
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  #exited: Promise<ProxyEnd> | undefined;

  constructor({ topology, command, args, log, tools }: ProxyOptions) {
    this.#topology = topology;
    this.#command = command;
    this.args = args;
    this.log = log;
    const path = process.env['PATH'] ?? '';
    this.#environment = tools ? { ...process.env, PATH: `${tools}:${path}` } : process.env;
  }

  get isRunning(): boolean {
    return Boolean(this.#child) && !this.ended;
  }

  /** The process id; throws before the first start. */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('the proxy was never started');
    return pid;
  }

  /** Starts the process, in a process group of its own. */
  start(args: readonly string[] = this.args): void {
    const output = openSync(this.log, 'a');
    this.ended = undefined;
    const child = spawn('ip', this.#topology.inside('node', ...this.#shell(args)), {
      stdio: ['ignore', output, output],
      detached: true,
      env: this.#environment,
    });
    closeSync(output);
    this.#child = child;
    this.#exited = new Promise(resolve => {
      child.on('exit', (code, signal) => {
        this.ended = { code, signal };
        resolve(this.ended);
      });
    });
  }

  /** Runs the command once more, whether the process is running or not. @returns when it has ended, with what it printed */
  runBeside(args: readonly string[], timeoutMs: number): Promise<Ended> {
    const inside = this.#topology.inside('node', ...this.#shell(args));
    return attempt('ip', inside, { env: this.#environment, timeoutMs });
  }

  #shell(args: readonly string[]): string[] {
    return ['sh', '-c', `exec ${this.#command} "$@"`, 'proxy', ...args];
  }

  /** Sends a signal to the process and waits for it to end, not without limit. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.isRunning) return;
    this.#signal(signal);
    const timer = setTimeout(() => this.#signal('SIGKILL'), GRACE_MS);
    await this.#exited;
    clearTimeout(timer);
    this.#signal('SIGKILL'); // Whatever it may have started and left in its process group.
  }

  /** Ends the process at once, without waiting. */
  kill(): void {
    if (this.#child) this.#signal('SIGKILL');
  }

  /** Waits for the process to end by itself. */
  async exit(): Promise<ProxyEnd> {
    if (!this.#exited) throw new Error('the proxy was never started');
    return this.#exited;
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(signal === 'SIGKILL' ? -pid : pid, signal);
    } catch {
      // Already gone.
    }
  }

  /** The last lines of the log, repeated ones counted. */
  async tail(lines = 40): Promise<string> {
    const text = await readFile(this.log, 'utf8').catch(() => '');
    const counted: { line: string; times: number }[] = [];
    for (const line of text.trimEnd().split('\n')) {
      const last = counted.at(-1);
      if (last?.line === line) last.times += 1;
      else counted.push({ line, times: 1 });
    }
    const shown = counted.slice(-lines).map(({ line, times }) => (times > 1 ? `${line}  (${times}×)` : line));
    return shown.join('\n');
  }
}

/** How a process ended, in words. */
export const describeEnd = ({ code, signal }: ProxyEnd): string =>
  signal ? `ended by ${signal}` : `exited with status ${code}`;
