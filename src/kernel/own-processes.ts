import { randomBytes } from 'node:crypto';
import { accessSync, constants, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Who made a transaction, as the kernel tells it. */
export interface Author {
  /** In the first pid namespace of the machine. */
  readonly pid: number;
  /** The name of the process: that of its file, cut to 15 bytes. */
  readonly program: string;
}

/** The inode of the first pid namespace: PROC_PID_INIT_INO of include/linux/proc_ns.h. */
const FIRST_PID_NAMESPACE = 'pid:[4026531836]';

/** So long after its end a process may still be told of. */
const REMEMBERED_MS = 10_000;

/**
 * Tells transactions of this program's own processes from those of others. The kernel says who made a transaction by a pid of the first pid
 * namespace. Outside of it, in most containers, a process does not know the pid that it has there; then our processes are started by a
 * link that nobody else has, and are known by its name.
 */
export class OwnProcesses {
  readonly #link: string | undefined;
  /** By pid: when it had written last; Infinity while it is at it. */
  readonly #pids = new Map<number, number>();
  #isRecognised = false;
  readonly #now: () => number;

  /**
   * @param program a path, or a name to be found in PATH
   * @param directory for the link, where one is needed
   * @param sees whether pids are those that the kernel tells; found out by default
   */
  constructor(program: string, directory: string, sees = seesAllPids(), now: () => number = () => performance.now()) {
    this.#now = now;
    if (sees) return;
    this.#link = linkTo(program, directory);
    const link = this.#link;
    if (link !== undefined) process.once('exit', () => rmSync(link, { force: true }));
  }

  /** What to start in the place of the program; undefined: the program itself. */
  get executable(): string | undefined {
    return this.#link;
  }

  /** Removes the link, if there is one. */
  close(): void {
    if (this.#link !== undefined) rmSync(this.#link, { force: true });
  }

  started(pid: number): void {
    this.#pids.set(pid, Infinity);
  }

  ended(pid: number): void {
    const now = this.#now();
    for (const [old, end] of this.#pids) if (end + REMEMBERED_MS < now) this.#pids.delete(old);
    this.#pids.set(pid, now);
  }

  /** Whether one of our processes made it. */
  made({ pid, program }: Author): boolean {
    const now = this.#now();
    const isOurs =
      this.#link === undefined
        ? (this.#pids.get(pid) ?? -Infinity) + REMEMBERED_MS > now
        : this.#link.endsWith(`/${program}`);
    if (isOurs) this.#isRecognised = true;
    // A script in the place of nft may start it under a name and pid that nobody knows: until one was recognised, what comes while we
    // write is taken for ours.
    return isOurs || (!this.#isRecognised && [...this.#pids.values()].some(end => end + GRACE_MS > now));
  }
}

/** So much later than its end a transaction of a process may be told of. */
const GRACE_MS = 200;

/** Whether pids here are those that the kernel tells, and /proc has these processes. */
export function seesAllPids(): boolean {
  try {
    return readlinkSync('/proc/self/ns/pid') === FIRST_PID_NAMESPACE;
  } catch {
    return false;
  }
}

/** @returns a new link to a program; undefined where there is no such program, or no link can be made: then nothing is known by its name */
function linkTo(program: string, directory: string): string | undefined {
  const target = findProgram(program);
  if (target === undefined) return undefined;
  const link = join(directory, `sluice-${randomBytes(4).toString('hex')}`);
  try {
    symlinkSync(target, link);
    return link;
  } catch {
    return undefined;
  }
}

/** @returns the path of a program; undefined where it is not there */
function findProgram(program: string): string | undefined {
  const paths = program.includes('/')
    ? [program]
    : (process.env['PATH'] ?? '').split(delimiter).map(directory => join(directory, program));
  return paths.find(path => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
