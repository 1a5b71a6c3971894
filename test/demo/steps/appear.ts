import { milliseconds, row } from '../narrator.ts';
import { demoServices } from '../services.ts';
import { waitFor } from '../steady-requests.ts';
import type { Tour } from '../tour.ts';

const WIDTHS = [4, 25, 41];
/**
 * Asks from an address of its own: what is sent before a Service is there leaves entries in conntrack that are not
 * translated, and a later connection from the same address and port to the same destination would meet them.
 */
const FROM = 'client-1';

/** Services appear, one after the other. */
export async function appear({ stage, world, narrator }: Tour): Promise<void> {
  narrator.step('2. Services appear', 'Each is created in the API server; requests are sent until one gets through.');
  for (const { name, type, addresses, endpoints, objects, to } of demoServices()) {
    stage.apply(...objects);
    const isServed = endpoints.length > 0;
    const tookMs = await waitFor(
      world,
      { from: FROM, to },
      isServed ? { backends: endpoints, exactly: false } : 'refused',
    );
    const effect = `${isServed ? 'forwarded' : 'refused'} after ${milliseconds(tookMs)}`;
    narrator.check(row(WIDTHS, name, type, addresses, effect));
  }
}
