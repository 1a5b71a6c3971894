import { milliseconds, row } from '../narrator.ts';
import { waitFor } from '../requests.ts';
import { demoServices } from '../services.ts';
import type { Tour } from '../tour.ts';

const WIDTHS = [4, 34, 45];

/** Services appear, one after the other. */
export async function appear({ stage, world, narrator }: Tour): Promise<void> {
  narrator.step('2. Services appear', 'Each is created in the API server; then requests are sent until one gets through.');
  for (const { name, type, addresses, endpoints, objects, from, to } of demoServices()) {
    stage.apply(...objects);
    const tookMs = await waitFor(world, { from, to }, endpoints.length ? { backends: endpoints, exactly: false } : 'refused');
    const effect = endpoints.length ? 'forwarded' : 'refused';
    narrator.check(row(WIDTHS, name, type, addresses, `${effect} after ${milliseconds(tookMs)}`));
  }
}
