import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FAMILIES, type Family } from '../../../src/model/ip.ts';
import { objectKey } from '../../../src/model/object-key.ts';
import { ServiceIndex } from '../../../src/model/service-index.ts';
import type { ServicePlan } from '../../../src/plan/types.ts';
import { type Event, finalStateOf, histories, planOf, plansFromScratch, plansOf, take } from './histories.ts';

function indexOf(history: readonly Event[]): ServiceIndex {
  const index = new ServiceIndex();
  for (const event of history) take(index, event);
  return index;
}

describe.each(FAMILIES)('in %s', (family: Family) => {
  it('any history gives the plans of its final state', () => {
    fc.assert(
      fc.property(histories, history => {
        expect(plansOf(indexOf(history), family)).toEqual(plansFromScratch(finalStateOf(history), family));
      }),
      { numRuns: 1000 },
    );
  });

  it('replanning the touched Services after each event is enough', () => {
    fc.assert(
      fc.property(histories, history => {
        const index = new ServiceIndex();
        const plans = new Map<string, ServicePlan>();
        for (const event of history) {
          const touched = take(index, event);
          expect(new Set(touched).size).toBe(touched.length);
          for (const key of touched) {
            const plan = planOf(index, key, family);
            if (plan) plans.set(key, plan);
            else plans.delete(key);
          }
          expect(new Map([...plans].toSorted(([a], [b]) => (a < b ? -1 : 1)))).toEqual(plansOf(index, family));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('the order of events of different objects is no matter', () => {
    fc.assert(
      fc.property(histories, fc.infiniteStream(fc.nat()), (history, choices) => {
        const shuffled = interleave(history, choices);
        expect(shuffled).toHaveLength(history.length);
        expect(plansOf(indexOf(shuffled), family)).toEqual(plansOf(indexOf(history), family));
      }),
      { numRuns: 500 },
    );
  });
});

it('an event that was taken already touches nothing', () => {
  fc.assert(
    fc.property(histories, history => {
      const index = indexOf(history);
      // What a resync brings: copies of the same objects, and one more deletion of those that are gone.
      for (const event of structuredClone(lastEvents(history))) expect(take(index, event)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

const identityOf = ({ kind, object }: Event): string => `${kind.split('-')[1]} ${objectKey(object)}`;

const lastEvents = (history: readonly Event[]): Event[] => [
  ...new Map(history.map(event => [identityOf(event), event])).values(),
];

/** Another history with the same events, those of each object in the same order. */
function interleave(history: readonly Event[], choices: Iterator<number>): Event[] {
  const queues = [...Map.groupBy(history, identityOf).values()];
  const result: Event[] = [];
  while (result.length < history.length) {
    const left = queues.filter(queue => queue.length > 0);
    const choice: number = choices.next().value;
    result.push(left[choice % left.length]!.shift()!);
  }
  return result;
}
