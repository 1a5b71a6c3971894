import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CountedElements } from '../../../../src/backend/nftables/counted-elements.ts';
import type { Entry } from '../../../../src/backend/nftables/schema.ts';

const entry = (key: string, container: Entry['container'] = 'services'): Entry => ({ container, key, value: 'drop' });
type Reading = Record<string, number>;
const read = (elements: CountedElements, counts: Reading, container: 'services' | 'nodeports' = 'services'): Reading =>
  Object.fromEntries(elements.beginReading(container)(new Map(Object.entries(counts))));

describe('CountedElements', () => {
  it('says what was counted since the reading before', () => {
    const elements = new CountedElements();
    expect(read(elements, { a: 5, b: 1 })).toEqual({ a: 5, b: 1 });
    expect(read(elements, { a: 7, b: 1 })).toEqual({ a: 2 });
  });

  it('does not count what others counted before', () => {
    const elements = new CountedElements();
    elements.adopt('services', new Map([['a', 100]]));
    expect(read(elements, { a: 103, b: 4 })).toEqual({ a: 3, b: 4 });
  });

  it.each([
    { name: 'that was replaced and has counted less', written: true, now: 2, increment: 2 },
    { name: 'that was replaced and has counted more', written: true, now: 9, increment: 9 },
    { name: 'that was replaced and has counted nothing', written: true, now: 0, increment: 0 },
    { name: 'that somebody else replaced', written: false, now: 2, increment: 2 },
  ])('begins anew with an element $name', ({ written, now, increment }) => {
    const elements = new CountedElements();
    read(elements, { a: 5 });
    if (written) elements.noteWritten([entry('a')]);
    expect(read(elements, now ? { a: now } : {})).toEqual(increment ? { a: increment } : {});
    expect(read(elements, { a: now + 1 })).toEqual({ a: 1 });
  });

  it('knows an element no more that is gone', () => {
    const elements = new CountedElements();
    read(elements, { a: 5 });
    expect(read(elements, {})).toEqual({});
    expect(read(elements, { a: 6 })).toEqual({ a: 6 });
  });

  it('tells containers apart', () => {
    const elements = new CountedElements();
    read(elements, { a: 5 });
    expect(read(elements, { a: 3 }, 'nodeports')).toEqual({ a: 3 });
    elements.noteWritten([entry('a', 'nodeports')]);
    expect(read(elements, { a: 6 })).toEqual({ a: 1 });
    expect(read(elements, { a: 4 }, 'nodeports')).toEqual({ a: 4 });
  });

  it.each([
    { name: 'the element that was', seen: 6 },
    { name: 'the one that replaced it', seen: 7 },
  ])('leaves an element to the next reading that was replaced during one, which saw $name', ({ seen }) => {
    const elements = new CountedElements();
    read(elements, { a: 5 });
    const take = elements.beginReading('services');
    elements.noteWritten([entry('a')]);
    expect(take(new Map([['a', seen]]))).toEqual(new Map());
    // The new one has counted so many by now, of which some may have been seen above.
    expect(read(elements, { a: 8 })).toEqual({ a: 8 });
    expect(read(elements, { a: 9 })).toEqual({ a: 1 });
  });

  it('counts nothing twice, whether an element is replaced before, after or during a reading', () => {
    // What happens to one element: connections, it is written anew, a reading sees it, what was read is taken in.
    const happenings = fc.array(fc.constantFrom('connect', 'write', 'begin', 'see', 'take'), { maxLength: 40 });
    fc.assert(
      fc.property(happenings, all => {
        const elements = new CountedElements();
        let [made, packets, seen, counted] = [0, 0, -1, 0];
        let take: ReturnType<CountedElements['beginReading']> | undefined;
        for (const one of all) {
          if (one === 'connect') [made, packets] = [made + 1, packets + 1];
          else if (one === 'write') {
            packets = 0;
            elements.noteWritten([entry('a')]);
          } else if (one === 'begin' && !take) [take, seen] = [elements.beginReading('services'), -1];
          else if (one === 'see' && take && seen < 0) seen = packets;
          else if (one === 'take' && take && seen >= 0) {
            counted += take(new Map(seen ? [['a', seen]] : [])).get('a') ?? 0;
            take = undefined;
          }
          expect(counted).toBeLessThanOrEqual(made);
        }
        if (!all.includes('write') && !take) counted += read(elements, packets ? { a: packets } : {})['a'] ?? 0;
        if (!all.includes('write') && !take) expect(counted).toBe(made);
      }),
      { numRuns: 2000 },
    );
  });
});
