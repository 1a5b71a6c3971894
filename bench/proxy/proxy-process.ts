import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';

const GRACE_MS = 10_000;

export interface ProxyCommand {
  /** A shell command with kube-proxy's command line. */
  readonly command: string;
  readonly args: readonly string[];
  /** The namespace of the node. */
  readonly namespace: string;
  /** The file that its output is appended to. */
  readonly log: string;
  /** A directory that goes before all others in its PATH. */
  readonly tools?: string | undefined;
}

/** The proxy under test, from one start to the next. */
export class ProxyProcess {
  readonly #what: ProxyCommand;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #end = '';

  constructor(what: ProxyCommand) {
    this.#what = what;
  }

  /** @throws Error before the first start */
  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('the proxy was never started');
    return pid;
  }

  /** How it ended; empty while it runs. */
  get end(): string {
    return this.#end;
  }

  /** Rejects when it ends; for racing with what waits for its work. */
  async mustNotEnd(): Promise<never> {
    await this.#ended;
    throw new Error(`the proxy ${this.#end}`);
  }

  /** Starts the process in a group of its own. Returns the monotonic time before that, in nanoseconds. */
  start(): bigint {
    const { command, args, namespace, log, tools } = this.#what;
    const output = openSync(log, 'a');
    const path = process.env['PATH'] ?? '';
    const shell = ['sh', '-c', `exec ${command} "$@"`, 'proxy', ...args];
    const at = process.hrtime.bigint();
    const child = spawn('ip', ['netns', 'exec', namespace, ...shell], {
      stdio: ['ignore', output, output],
      detached: true,
      env: { ...process.env, PATH: tools ? `${tools}:${path}` : path },
    });
    closeSync(output);
    this.#child = child;
    this.#end = '';
    this.#ended = new Promise(resolve => {
      child.on('exit', (code, signal) => {
        this.#end = signal ? `ended by ${signal}` : `exited with status ${code}`;
        resolve();
      });
    });
    return at;
  }

  /** Asks it to end, and ends it where it does not. */
  async stop(): Promise<void> {
    if (!this.#child || this.#end) return;
    this.#signal('SIGTERM');
    const timer = setTimeout(() => this.kill(), GRACE_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  /** Ends it and what it started, at once. */
  kill(): void {
    this.#signal('SIGKILL');
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined || this.#end) return;
    try {
      process.kill(signal === 'SIGKILL' ? -pid : pid, signal);
    } catch {
      // Already gone.
    }
  }

  /** The last lines of its log. */
  tail(lines = 20): string {
    return readFileSync(this.#what.log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  }
}
