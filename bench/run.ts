// Measures a service proxy at scale, from the outside, in namespaces of its own; docs/performance.md tells how.
//
//   scripts/node bench/run.ts [--proxy COMMAND] [--sizes 1000x5,10000x5] [--quick]
//
// Prints tables and writes results.json, results.svg and results.md (the tables for docs/performance.md). Needs root, nft and iproute2.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureDataPath } from './datapath/measure-data-path.ts';
import { LAYOUTS, measureLayout } from './layouts/measure-layout.ts';
import type { LayoutToMeasure } from './layouts/measure-layout.ts';
import { measureRepairs } from './measure/repair.ts';
import { measureSize } from './measure/measure-size.ts';
import { sweepNamespaces } from './network/bench-network.ts';
import { parseOptions, USAGE } from './options.ts';
import type { Options } from './options.ts';
import { tidyUpAtExit } from './process/leftovers.ts';
import { describeMachine, withLoadAverage } from './report/machine.ts';
import { plotResults } from './report/plot-results.ts';
import { markdownResults, printResults } from './report/print-results.ts';
import type { DataPathResult, LayoutResult, RepairResult, Results, SizeResult } from './report/results.ts';

const DATA_PATH_ROUNDS = 8;
const DATA_PATH_ROUND_SECONDS = 0.4;

/** Runs the parts one after the other; a part that fails is told of, and the next one runs. */
class Benchmark {
  readonly #options: Options;
  readonly #began = performance.now();
  readonly #failures: string[] = [];
  readonly #sizes: SizeResult[] = [];
  readonly #layouts: LayoutResult[] = [];
  readonly #dataPath: DataPathResult[] = [];
  readonly #repairs: RepairResult[] = [];

  constructor(options: Options) {
    this.#options = options;
  }

  async run(): Promise<Results> {
    const { proxy, mode, nft, sizes, layoutSizes, repairSizes, dataPathServices } = this.#options;
    const machine = describeMachine(nft);
    for (const size of sizes) {
      const name = `${size.services} x ${size.endpointsEach}`;
      await this.#part(name, async () => {
        this.#sizes.push(await measureSize(size, this.#options, what => this.#say(`${name}: ${what}`)));
      });
    }
    for (const size of repairSizes) {
      const name = `repairs at ${size.services} x ${size.endpointsEach}`;
      await this.#part(name, async () => {
        const result = await measureRepairs(size, this.#options, what => this.#say(`${name}: ${what}`));
        if (result) this.#repairs.push(result);
      });
    }
    for (const services of dataPathServices) {
      await this.#part(`connections at ${services} Services`, async () => {
        const options = { ...this.#options, rounds: DATA_PATH_ROUNDS, roundSeconds: DATA_PATH_ROUND_SECONDS };
        const mostOf = (layout: LayoutToMeasure['layout']): number =>
          this.#mostOf(LAYOUTS.find(one => one.layout === layout));
        this.#dataPath.push(...(await measureDataPath(services, { ...options, mostOf })));
      });
    }
    for (const toMeasure of LAYOUTS) {
      for (const size of layoutSizes) {
        const { layout } = toMeasure;
        if (size.services * size.endpointsEach > this.#mostOf(toMeasure)) {
          this.#layouts.push({ layout: layout.name, ...size, load: undefined, change: undefined });
          continue;
        }
        await this.#part(`${layout.name}, ${size.services} x ${size.endpointsEach}`, async () => {
          this.#layouts.push(await measureLayout(layout, size, nft));
        });
      }
    }
    return {
      proxy,
      mode,
      machine: withLoadAverage(machine),
      sizes: this.#sizes,
      layouts: this.#layouts,
      dataPath: this.#dataPath,
      repairs: this.#repairs,
      failures: this.#failures,
    };
  }

  #mostOf(toMeasure: LayoutToMeasure | undefined): number {
    return (this.#options.isFull ? toMeasure?.mostInFull : toMeasure?.most) ?? 0;
  }

  async #part(name: string, work: () => Promise<void>): Promise<void> {
    this.#say(name);
    try {
      await work();
    } catch (error) {
      this.#failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      this.#say(`${name}: FAILED`);
    }
  }

  #say(what: string): void {
    console.error(`[${((performance.now() - this.#began) / 1000).toFixed(0).padStart(4)} s] ${what}`);
  }
}

async function main(): Promise<void> {
  if (process.argv.includes('--help')) {
    console.log(USAGE);
    return;
  }
  const options = parseOptions(process.argv.slice(2));
  if (process.getuid?.() !== 0)
    throw new Error('this needs root: it makes network namespaces and loads rules into them');
  tidyUpAtExit();
  sweepNamespaces();
  const results = await new Benchmark(options).run();
  mkdirSync(options.output, { recursive: true });
  writeFileSync(join(options.output, 'results.json'), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(options.output, 'results.svg'), plotResults(results));
  writeFileSync(join(options.output, 'results.md'), markdownResults(results));
  console.log(options.isJson ? JSON.stringify(results, null, 2) : printResults(results));
  process.exitCode = results.failures.length ? 1 : 0;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
// Helper processes that were not stopped would keep it alive.
process.exit();
