// What a benchmark found, as it is written to a file. Units are in the names.

import type { Cost } from '../process/measured-run.ts';
import type { Cpu } from '../process/proc-stat.ts';
import type { Peak } from '../proxy/usage.ts';

/** From the start of the process until packets to every Service were answered. */
export interface LoadResult {
  readonly seconds: number;
  readonly cpu: Cpu;
  /** Services that were not in effect when the sampled ones were. */
  readonly missedBySample: number;
  /** CPU seconds that the proxy went on to spend after that. */
  readonly afterwardsCpuSeconds: number;
  readonly peak: Peak;
}

/** The same ruleset, loaded by nft alone. */
export interface BareResult extends Cost {
  readonly elements: number;
}

/** One endpoint replaced at a time: from the event to the first packet that follows it, and CPU of each change. */
export interface ChangeResult {
  readonly changes: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly cpuMs: number;
  readonly childrenCpuMs: number;
  readonly seconds: number;
}

/** One endpoint replaced in each of many Services at once: until the last one is followed by packets. */
export interface BurstResult {
  readonly services: number;
  readonly firstMs: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

export interface RestartResult {
  /** With nothing changed: commits to the kernel, and objects in them. */
  readonly commitsUnchanged: number;
  readonly objectsUnchanged: number;
  /** With a change made meanwhile: until packets follow it. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peak: Peak;
  readonly residentBytes: number;
}

export interface SizeResult {
  readonly services: number;
  readonly endpointsEach: number;
  readonly endpoints: number;
  readonly api: { readonly bytes: number; readonly drainSeconds: number };
  readonly load: LoadResult;
  readonly bare: BareResult | undefined;
  readonly change: ChangeResult;
  readonly burst: BurstResult;
  /** Of one core. */
  readonly idleShare: number;
  readonly memory: { readonly residentBytes: number; readonly peak: Peak };
  readonly restart: RestartResult;
  /** The longest stall of a Node.js event loop, less 0.1 s resolution; undefined where the proxy does not tell. */
  readonly lagSeconds: { readonly load: number | undefined; readonly changes: number | undefined };
}

/** A ruleset in one of kube-proxy's layouts, loaded and changed by nft alone. */
export interface LayoutResult {
  readonly layout: string;
  readonly services: number;
  readonly endpointsEach: number;
  /** Undefined where the size was left out since it takes minutes. */
  readonly load: Cost | undefined;
  readonly change: { readonly p50Ms: number; readonly cpuMs: number } | undefined;
}

/** New TCP connections through one way. */
export interface DataPathResult {
  readonly way: string;
  readonly services: number;
  readonly connectionsPerSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
  readonly errors: number;
}

/** What another program changed in the table of a proxy that runs, from its end until all was right again. */
export interface RepairResult {
  readonly services: number;
  readonly endpointsEach: number;
  readonly cases: readonly {
    readonly name: string;
    readonly p50Ms: number;
    readonly maxMs: number;
    readonly cpuMs: number;
  }[];
}

export interface Machine {
  readonly date: string;
  readonly kernel: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly nft: string;
  readonly node: string;
  /** One-minute load averages before and after: what else ran. */
  readonly loadAverage: readonly number[];
}

export interface Results {
  readonly proxy: string;
  readonly mode: string;
  readonly machine: Machine;
  readonly sizes: readonly SizeResult[];
  readonly layouts: readonly LayoutResult[];
  readonly dataPath: readonly DataPathResult[];
  readonly repairs: readonly RepairResult[];
  /** Sizes that failed, and why. */
  readonly failures: readonly string[];
}
