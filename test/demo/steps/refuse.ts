import { judge } from '../../conformance/lib/expectations.ts';
import { milliseconds, row } from '../narrator.ts';
import { ask, countAnswers } from '../requests.ts';
import { ADDRESSES } from '../services.ts';
import type { Tour } from '../tour.ts';

const ATTEMPTS = 10;
/** A refusal that comes at once; what is dropped instead is sent again after a second. */
const AT_ONCE_MS = 900;
const WIDTHS = [6, 20];

/** A Service without endpoints refuses, so that nobody waits for it. */
export async function refuse({ world, narrator }: Tour): Promise<void> {
  narrator.step('5. idle has no endpoints', 'A request is refused at once; nobody has to wait for a timeout.');
  for (const from of ['pod-b', 'node', 'client']) {
    let slowestMs = 0;
    const seen = [];
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const began = performance.now();
      seen.push(...(await ask(world, { from, to: ADDRESSES.idle }, 1)));
      slowestMs = Math.max(slowestMs, performance.now() - began);
    }
    const slow = slowestMs > AT_ONCE_MS ? 'that is not at once' : undefined;
    const told = `${countAnswers(seen)}, the slowest after ${milliseconds(slowestMs)}`;
    narrator.check(row(WIDTHS, from, ADDRESSES.idle, told), judge(seen, 'refused') ?? slow);
  }
}
