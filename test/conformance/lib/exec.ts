// Running commands.

import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

const OUTPUT_LIMIT_BYTES = 64 << 20;

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecOptions {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** It is ended after so long. */
  readonly timeoutMs?: number;
}

/** Runs a program; resolves whatever its exit status. */
export function attempt(
  program: string,
  args: readonly string[],
  { input = '', env, timeoutMs: timeout = 0 }: ExecOptions = {},
): Promise<Ended> {
  return new Promise(resolve => {
    const child = execFile(program, args, { maxBuffer: OUTPUT_LIMIT_BYTES, env, timeout }, (error, stdout, stderr) => {
      const failed = typeof error?.code === 'number' ? error.code : 1;
      const why = error && !stdout ? error.message : '';
      resolve({ code: error ? failed : 0, stdout, stderr: stderr || why });
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
  });
}

/** Runs a program that must succeed; resolves to its standard output. */
export async function run(program: string, args: readonly string[], options?: { input?: string }): Promise<string> {
  const { code, stdout, stderr } = await attempt(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: exit ${code}: ${stderr.trim()}`);
  return stdout;
}

/** Resolves after so many milliseconds. */
export const sleep = (ms: number): Promise<void> => delay(ms);
