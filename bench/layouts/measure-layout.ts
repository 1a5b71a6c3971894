import { writeFileSync } from 'node:fs';
import type { Size } from '../cluster/synthetic-cluster.ts';
import { quantile } from '../measure/changes.ts';
import { ScratchNamespace } from '../network/bench-network.ts';
import { removeAtExit, removeNow } from '../process/leftovers.ts';
import { addCost, measuredRun, NO_COST } from '../process/measured-run.ts';
import type { Cost } from '../process/measured-run.ts';
import { TemporaryDirectory } from '../process/temporary-directory.ts';
import type { LayoutResult } from '../report/results.ts';
import { chainPerEndpoint } from './chain-per-endpoint.ts';
import type { Layout } from './layout.ts';
import { mapPerService } from './map-per-service.ts';

/** A layout, and the most Services with 5 endpoints that it loads within a minute and in a few on two cores. */
export interface LayoutToMeasure {
  readonly layout: Layout;
  readonly most: number;
  readonly mostInFull: number;
}

export const LAYOUTS: readonly LayoutToMeasure[] = [
  { layout: chainPerEndpoint, most: 25_000, mostInFull: 50_000 },
  { layout: mapPerService, most: 50_000, mostInFull: 150_000 },
];

const CHANGES = 10;

/** Loads a layout with nft and changes single endpoints in it, in a namespace of its own. */
export async function measureLayout(layout: Layout, size: Size, nft: string): Promise<LayoutResult> {
  const scratch = removeAtExit(new ScratchNamespace());
  const directory = removeAtExit(new TemporaryDirectory());
  const file = directory.file('transaction.nft');
  const apply = (transaction: string): Promise<Cost> => {
    writeFileSync(file, transaction);
    return measuredRun('ip', scratch.inside(nft, '-f', file));
  };
  try {
    const load = await apply(layout.load(size));
    let together = NO_COST;
    const effects: number[] = [];
    for (let n = 0; n < CHANGES; n += 1) {
      const i = Math.floor((n * size.services) / CHANGES);
      for (const [step, transaction] of layout.change(size, i, true).entries()) {
        const cost = await apply(transaction);
        if (step === 0) effects.push(cost.seconds * 1000);
        together = addCost(together, cost);
      }
    }
    effects.sort((a, b) => a - b);
    const change = { p50Ms: quantile(effects, 0.5), cpuMs: (1000 * together.cpuSeconds) / CHANGES };
    return { layout: layout.name, ...size, load, change };
  } finally {
    removeNow(scratch);
    removeNow(directory);
  }
}
