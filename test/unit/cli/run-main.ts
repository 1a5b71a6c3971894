import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { main } from '../../../src/cli/main.ts';

export interface MainResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command line as the program would, with streams of its own, on a host named `Host-A`. */
export async function runMain(argv: readonly string[], stdin = ''): Promise<MainResult> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const printed = Promise.all([text(stdout), text(stderr)]);
  const status = await main(argv, { hostname: 'Host-A', stdin: Readable.from([stdin]), stdout, stderr });
  stdout.end();
  stderr.end();
  const [out, error] = await printed;
  return { status, stdout: out, stderr: error };
}
