import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeUnits } from '../../../../src/backend/nftables/compose.ts';
import type { FamilyUnit } from '../../../../src/backend/nftables/diff.ts';
import { Ledger } from '../../../../src/backend/nftables/ledger.ts';
import type { Entry } from '../../../../src/backend/nftables/schema.ts';

/** What the kernel does with one transaction: deletes, then adds; both must fit. */
function applyAll(kernel: Map<string, string>, units: readonly FamilyUnit[]): void {
  for (const { key } of units.flatMap(({ deletes }) => deletes)) expect(kernel.delete(key), `delete ${key}`).toBe(true);
  for (const { key, value } of units.flatMap(({ adds }) => adds)) {
    expect(kernel.has(key), `add ${key}`).toBe(false);
    kernel.set(key, value);
  }
}

describe('composeUnits', () => {
  it('makes any changes that follow each other fit for one transaction', () => {
    const change = fc.record({
      owner: fc.constantFrom('a', 'b', 'c'),
      keys: fc.option(fc.uniqueArray(fc.constantFrom('k1', 'k2', 'k3', 'k4'))),
      value: fc.constantFrom('v1', 'v2'),
    });
    fc.assert(
      fc.property(fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 5 }), commits => {
        const ledger = new Ledger();
        const kernel = new Map<string, string>();
        for (const changes of commits) {
          const units = changes.map(({ owner, keys, value }): FamilyUnit => {
            const claims = keys?.map(id => ({
              id,
              port: { name: '', number: 80, l4: 'tcp' as const },
              entries: [{ container: 'services', key: id, value: `${value}${owner}` } satisfies Entry],
            }));
            return { family: 'ipv4', ...ledger.set(owner, owner, claims && { claims, shared: [] }) };
          });
          applyAll(kernel, composeUnits(units));
          const desired = new Map([...ledger.entries()].map(({ key, value }) => [key, value]));
          expect(kernel).toEqual(desired);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('leaves units that have nothing in common as they are', () => {
    const unit = (key: string): FamilyUnit => ({
      family: 'ipv4',
      owner: key,
      deletes: [],
      adds: [{ container: 'services', key, value: 'v' }],
    });
    const units = [unit('a'), unit('b')];
    expect(composeUnits(units)).toBe(units);
  });
});
