import { spawn } from 'node:child_process';
import type { Level, LevelOptions } from './level.ts';
import { notRun } from './outcome.ts';
import type { LevelOutcome, ToolEnd } from './outcome.ts';

const TAIL_CHARACTERS = 10_000;
/** What is ended has so long to clean up. */
const GRACE_MS = 30_000;

/** What is shown through a pipe is coloured only where it ends up on a terminal. */
function environment(): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _, ...others } = process.env;
  return { ...others, ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' }) };
}

/** Runs a command and shows what it prints as it comes. Rejects where it cannot be started. */
function show([program, ...args]: readonly [string, ...string[]], minutes: number): Promise<ToolEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], env: environment() });
    let tail = '';
    child.stdout.on('data', (chunk: Buffer) => {
      process.stdout.write(chunk);
      tail = (tail + chunk.toString()).slice(-TAIL_CHARACTERS);
    });
    const timers = [
      setTimeout(() => child.kill('SIGTERM'), minutes * 60_000),
      setTimeout(() => child.kill('SIGKILL'), minutes * 60_000 + GRACE_MS),
    ];
    child.on('error', reject);
    child.on('close', (code, signal) => {
      for (const timer of timers) clearTimeout(timer);
      resolve({ code, signal, tail });
    });
  });
}

/** Runs a level. A level that cannot be run, or does not tell how it went, has failed. */
export async function runLevel(level: Level, options: LevelOptions): Promise<LevelOutcome> {
  let end: ToolEnd;
  try {
    end = await show(level.command(options), level.minutes);
  } catch (error) {
    return notRun(`could not be started: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    return await level.read(end, options);
  } catch (error) {
    const how = end.signal ? `ended by ${end.signal}` : `exited with status ${end.code ?? '?'}`;
    return notRun(`${how} without a report: ${error instanceof Error ? error.message : String(error)}`);
  }
}
