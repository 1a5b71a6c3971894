// Carrying many scenarios out: several at a time, then once more, alone, those that failed.

import { join } from 'node:path';
import type { Mode } from './config.ts';
import { printOutcome } from './report.ts';
import { runScenario } from './run-scenario.ts';
import { lacks } from './scenario.ts';
import type { LoadedScenario } from './scenario.ts';
import { reasonNotYet, toRepeat } from './verdict.ts';
import type { NotYet, Outcome } from './verdict.ts';
import { World } from './world.ts';

export interface RunOptions {
  readonly proxy: string;
  readonly mode: Mode;
  /** How many scenarios run at a time. */
  readonly jobs: number;
  readonly patience: number;
  /** Keep everything running at the first failure. */
  readonly keep: boolean;
  /** The directory for evidence of failures. */
  readonly results: string;
  readonly nft?: string | undefined;
  readonly notYet: NotYet;
}

export interface Run {
  readonly outcomes: readonly Outcome[];
  readonly repeats: readonly Outcome[];
}

const INTERRUPTS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const INTERRUPTED_STATUS = 130;

/** Never resolves. */
const forever = (): Promise<never> =>
  new Promise(() => {
    setInterval(() => {}, 60_000);
  });

/** The worlds of a run, which are removed when it ends, however it ends. */
class Worlds {
  readonly #all: World[];
  readonly #options: RunOptions;
  #interrupted = false;

  constructor(count: number, options: RunOptions) {
    const { proxy: command, mode, patience, nft } = options;
    this.#options = options;
    this.#all = Array.from({ length: count }, () => new World({ command, mode, patience, nft }));
    for (const signal of INTERRUPTS) process.once(signal, () => void this.#interrupt());
  }

  async #interrupt(): Promise<void> {
    if (this.#interrupted) return;
    this.#interrupted = true;
    await this.destroyBut(0);
    process.exit(INTERRUPTED_STATUS);
  }

  /** Lets every world take scenarios from the queue until it is empty. */
  async work(queue: LoadedScenario[], carryOut: (world: World, scenario: LoadedScenario) => Promise<void>) {
    const worker = async (world: World) => {
      for (let scenario = queue.shift(); scenario; scenario = queue.shift()) await carryOut(world, scenario);
    };
    await Promise.all(this.#all.map(worker));
  }

  /** Makes all worlds. */
  async create(): Promise<void> {
    await Promise.all(this.#all.map(world => world.create()));
  }

  /** Removes all worlds but the first so many. */
  async destroyBut(count: number): Promise<void> {
    await Promise.all(this.#all.splice(count).map(world => world.destroy()));
  }

  /** Carries one scenario out; its evidence goes into the directory of this name. */
  async attempt(world: World, scenario: LoadedScenario, directory: string): Promise<Outcome> {
    const { id, name, why } = scenario;
    const { mode, results } = this.#options;
    const lacking = lacks(scenario, mode);
    if (lacking.length) return { id, name, why, status: 'skipped', lacking };
    const began = Date.now();
    const result = await runScenario(world, scenario, join(results, directory));
    // What an interrupted run saw at last is no outcome.
    if (this.#interrupted) await forever();
    return { id, name, why, ...result, seconds: (Date.now() - began) / 1000 };
  }
}

async function keepRunning(world: World): Promise<never> {
  console.log(`kept: ip netns exec ${world.topology.ns('node')} sh   (Ctrl-C ends)`);
  return forever();
}

const directoryOf = ({ id }: LoadedScenario): string => id.replaceAll('/', '__');

/** Carries the scenarios out and prints each outcome as it is known. Needs root. */
export async function runScenarios(scenarios: readonly LoadedScenario[], options: RunOptions): Promise<Run> {
  const { keep, notYet } = options;
  const outcomes: Outcome[] = [];
  const repeats: Outcome[] = [];
  const worlds = new Worlds(keep ? 1 : Math.min(options.jobs, scenarios.length), options);
  try {
    await worlds.create();
    await worlds.work([...scenarios], async (world, scenario) => {
      const outcome = await worlds.attempt(world, scenario, directoryOf(scenario));
      const reason = reasonNotYet(scenario.id, notYet);
      outcomes.push(outcome);
      printOutcome(outcome, reason === undefined ? '' : `not yet: ${reason}`);
      if (keep && outcome.status === 'failed' && reason === undefined) await keepRunning(world);
      if (outcome.status !== 'skipped') await world.finish();
    });
    await worlds.destroyBut(1);
    const again = new Set(toRepeat(outcomes, notYet));
    await worlds.work(
      scenarios.filter(({ id }) => again.has(id)),
      async (world, scenario) => {
        const outcome = await worlds.attempt(world, scenario, `${directoryOf(scenario)}__again`);
        repeats.push(outcome);
        printOutcome(outcome, 'repeated, alone');
        await world.finish();
      },
    );
  } finally {
    await worlds.destroyBut(0);
  }
  return { outcomes, repeats };
}
