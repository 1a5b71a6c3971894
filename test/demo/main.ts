// Shows the main job with real packets, and checks each thing that it shows. See README.md of the project.

import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { lacking } from '../support/requirements.ts';
import { Narrator, seconds } from './narrator.ts';
import { PROGRAM, Stage } from './stage.ts';
import { showAll } from './tour.ts';

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
const SIGNAL_DELAY_MS = 100;
const COMMANDS = ['ip', 'nft', 'conntrack', 'sysctl'] as const;

/** What ended the tour from outside. */
class Interruption extends Error {
  readonly status: number;

  constructor(what: string, status: number) {
    super(what);
    this.status = status;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What this machine lacks, by name. */
function missing(): string[] {
  // Where root came by `su`, the PATH may be that of a user.
  process.env['PATH'] = `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;
  return [
    ...lacking(...COMMANDS),
    ...(existsSync('/proc/net/if_inet6') ? [] : ['IPv6 in the kernel']),
    ...(existsSync(PROGRAM) ? [] : ['dist/sluice (make build)']),
  ];
}

async function lastLog(stage: Stage): Promise<string> {
  const log = await stage.log();
  return log ? `the last lines that sluice logged:\n${log}` : 'sluice has not logged anything';
}

/** Runs the demo. @returns the exit status */
async function main(): Promise<number> {
  const abort = new AbortController();
  const narrator = new Narrator(abort.signal);
  const aborted = Promise.withResolvers<never>();
  const stop = (error: Error): void => {
    abort.abort(error);
    aborted.reject(error);
  };
  for (const [signal, number] of Object.entries(SIGNALS)) {
    process.on(signal, () => stop(new Interruption(`ended by ${signal}`, 128 + number)));
  }
  process.on('uncaughtException', stop);
  // Whoever reads this may have seen enough, as `head` does.
  process.stdout.on('error', () => stop(new Interruption('nobody reads any more', 1)));

  const began = performance.now();
  console.log('sluice: a tour with real packets');
  const lacks = missing();
  if (lacks.length) {
    narrator.checkAtLast('this machine can run the demo', `it lacks ${lacks.join(', ')}`);
    narrator.close();
    return 1;
  }
  const stage = new Stage();
  let status = 0;
  const tour = showAll({ stage, world: stage.world, narrator });
  try {
    await Promise.race([tour, aborted.promise]);
  } catch (first) {
    // Ctrl-C reaches the commands of the tour, too, and their end may be heard of before the signal.
    await sleep(SIGNAL_DELAY_MS);
    const error: unknown = abort.signal.aborted ? abort.signal.reason : first;
    status = error instanceof Interruption ? error.status : 1;
    if (error instanceof Interruption) console.log(`\n${error.message}`);
    else narrator.checkAtLast(`the tour ends here: ${messageOf(error)}`, await lastLog(stage));
  }
  console.log('\n8. Cleaning up');
  const left = await stage.strike();
  await tour.catch(() => {});
  const problem = left.length ? `left: ${left.join(', ')}` : undefined;
  narrator.checkAtLast(`nothing is left of ${stage.id}: no namespace, no process, no file`, problem);
  console.log(`${' '.repeat(8)}all of it took ${seconds(performance.now() - began)}`);
  narrator.close();
  return status || (narrator.failed ? 1 : 0);
}

process.exitCode = await main();
// Sockets of the API server double may linger; nothing is left to wait for.
process.exit();
