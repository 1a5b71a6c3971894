import { judge } from '../../conformance/lib/expectations.ts';
import type { Sighting } from '../../conformance/lib/sighting.ts';
import { milliseconds, row } from '../narrator.ts';
import { ask, counted, resultOf } from '../requests.ts';
import { ADDRESSES } from '../services.ts';
import type { Tour } from '../tour.ts';

const ATTEMPTS = 10;
/** What is dropped, instead, is sent again after a second. */
const AT_ONCE_MS = 900;
const WIDTHS = [6];

/** A Service without endpoints refuses, so that nobody waits for it. */
export async function refuse({ world, narrator }: Tour): Promise<void> {
  narrator.step(
    '5. idle has no endpoints',
    `Requests to ${ADDRESSES.idle} are refused at once; nobody waits for a timeout.`,
  );
  for (const from of ['pod-b', 'node', 'client']) {
    const seen: Sighting[] = [];
    let slowestMs = 0;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const beganMs = performance.now();
      seen.push(...(await ask(world, { from, to: ADDRESSES.idle }, 1)));
      slowestMs = Math.max(slowestMs, performance.now() - beganMs);
    }
    const slow = slowestMs > AT_ONCE_MS ? 'that is not at once' : undefined;
    const told = `${counted(seen.map(resultOf))}, the slowest after ${milliseconds(slowestMs)}`;
    narrator.check(row(WIDTHS, from, told), judge(seen, 'refused') ?? slow);
  }
}
