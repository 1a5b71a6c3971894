import { describe, expect, it } from 'vitest';
import type { FamilyUnit } from '../../../../src/backend/nftables/diff.ts';
import { elementDifferences } from '../../../../src/backend/nftables/element-difference.ts';
import type { Entry } from '../../../../src/backend/nftables/schema.ts';

const entry = (container: Entry['container'], key: string, value = ''): Entry => ({ container, key, value });
const unit = (owner: string | undefined, more: Partial<FamilyUnit> = {}): FamilyUnit => ({
  family: 'ipv4',
  owner,
  deletes: [],
  adds: [entry('cluster-ips', '10.96.0.1')],
  ...more,
});

describe('elementDifferences', () => {
  it('are of Services by name, then of the node, then of nobody; each by family', () => {
    const units = [
      unit(undefined),
      unit('node'),
      unit('z/a'),
      unit('a/z', { family: 'ipv6' }),
      unit('a/z'),
      unit('a/a-b'),
      unit('a/a'),
    ];
    expect(elementDifferences(units).map(({ owner, family }) => `${owner} ${family}`)).toEqual([
      'a/a ipv4',
      'a/a-b ipv4',
      'a/z ipv4',
      'a/z ipv6',
      'z/a ipv4',
      'node ipv4',
      'undefined ipv4',
    ]);
    expect(elementDifferences(units.toReversed())).toEqual(elementDifferences(units));
  });

  it('are by set or map as they are declared, and by key as people count', () => {
    const adds = [
      entry('real-servers', 'a'),
      entry('virtual-servers', 'b'),
      entry('cluster-ips', '10.96.0.1'),
      entry('services', '10.96.0.1 . tcp . 80', 'goto x'),
      ...[10, 2, 1].map(i => entry('endpoints-tcp', `${i} . 10.96.0.1 . 80`, '10.244.1.1 . 80')),
    ];
    const places = elementDifferences([unit('d/web', { adds })]).map(one => `${one.kind} ${one.in} ${one.name}`);
    expect(places).toEqual([
      'element endpoints-tcp 1 . 10.96.0.1 . 80',
      'element endpoints-tcp 2 . 10.96.0.1 . 80',
      'element endpoints-tcp 10 . 10.96.0.1 . 80',
      'element services 10.96.0.1 . tcp . 80',
      'element cluster-ips 10.96.0.1',
      'virtual-server  b',
      'real-server  a',
    ]);
  });

  it('have both sides of what is there with another value, and one of what is not', () => {
    const [key, other, surplus] = ['10.96.0.1 . tcp . 80', '10.96.0.2 . tcp . 80', '10.96.0.3 . tcp . 80'];
    const differences = elementDifferences([
      unit('d/web', {
        deletes: [entry('services', key, 'drop'), entry('services', surplus, 'accept')],
        adds: [entry('services', key, 'goto x'), entry('services', other, 'goto y')],
      }),
    ]);
    expect(differences.map(({ name, kernel, desired }) => [name, kernel, desired])).toEqual([
      [key, 'drop', 'goto x'],
      [other, undefined, 'goto y'],
      [surplus, 'accept', undefined],
    ]);
  });
});
