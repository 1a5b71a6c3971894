import { execa, ExecaError } from 'execa';

/** A process that could not be started, failed, or ran out of time. */
export class CommandError extends Error {
  /** The command line, for the operator. */
  readonly command: string;
  readonly exitCode: number | undefined;
  /** What it printed, capped at some kilobytes: a failing nft batch prints an error for each of its commands. */
  readonly stderr: string;
  /** The program is not there. */
  readonly isMissing: boolean;

  constructor(command: string, cause: ExecaError) {
    const stderr = typeof cause.stderr === 'string' ? cause.stderr.slice(0, STDERR_KEPT) : '';
    const isMissing = cause.code === 'ENOENT';
    const reason = isMissing ? 'no such program' : firstLine(stderr) || cause.originalMessage || cause.shortMessage;
    super(`${command}: ${reason}`);
    this.name = 'CommandError';
    this.command = command;
    this.exitCode = cause.exitCode;
    this.stderr = stderr;
    this.isMissing = isMissing;
  }
}

const firstLine = (text: string): string => text.trimStart().split('\n', 1)[0] ?? '';

const STDERR_KEPT = 16 * 1024;
/** More than any program says: nft 1.0.6 warns of each rule that it cannot list as JSON. */
const STDERR_READ = 64 * 1024 * 1024;

export interface CommandOptions {
  /** A file descriptor that becomes the standard input: nft opens /dev/stdin, which a pipe from Node cannot give it. */
  readonly stdin?: number;
  readonly timeoutMs: number;
  /** Started in the place of `file`: the same program by another name. Messages say `file`. */
  readonly executable?: string | undefined;
  /** Told of the process, when it starts and when it has ended. */
  readonly processes?: { started(pid: number): void; ended(pid: number): void } | undefined;
}

/**
 * Runs a program to its end, without a shell.
 * @returns what it printed to its standard output
 * @throws CommandError
 */
export async function runCommand(
  file: string,
  args: readonly string[],
  { stdin, timeoutMs, executable = file, processes }: CommandOptions,
): Promise<string> {
  let pid: number | undefined;
  try {
    const child = execa(executable, args, {
      // Its types know the standard descriptors only.
      stdin: stdin === undefined ? 'ignore' : (stdin as 0),
      timeout: timeoutMs,
      forceKillAfterDelay: 1000,
      stripFinalNewline: false,
      maxBuffer: { stdout: 512 * 1024 * 1024, stderr: STDERR_READ },
      // nft's messages are parsed.
      env: { LC_ALL: 'C' },
    });
    pid = child.pid;
    if (pid !== undefined) processes?.started(pid);
    return (await child).stdout;
  } catch (error) {
    if (error instanceof ExecaError) throw new CommandError([file, ...args].join(' '), error);
    throw error;
  } finally {
    if (pid !== undefined) processes?.ended(pid);
  }
}
