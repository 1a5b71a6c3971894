import type { World } from '../conformance/lib/world.ts';
import type { Narrator } from './narrator.ts';
import type { Stage } from './stage.ts';
import { appear } from './steps/appear.ts';
import { refuse } from './steps/refuse.ts';
import { request } from './steps/request.ts';
import { restart } from './steps/restart.ts';
import { scale } from './steps/scale.ts';
import { showTable } from './steps/show-table.ts';
import { start } from './steps/start.ts';

/** What every step of the tour works with. */
export interface Tour {
  readonly stage: Stage;
  readonly world: World;
  readonly narrator: Narrator;
}

/** Shows all there is to see, step by step. Throws where it cannot go on. */
export async function showAll(tour: Tour): Promise<void> {
  for (const step of [start, appear, request, scale, refuse, restart, showTable]) await step(tour);
}
