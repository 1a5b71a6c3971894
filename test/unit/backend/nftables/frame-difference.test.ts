import { describe, expect, it } from 'vitest';
import type { Difference } from '../../../../src/backend/difference.ts';
import { DesiredTable } from '../../../../src/backend/nftables/desired-table.ts';
import { FOREIGN_RULE, frameDifferences } from '../../../../src/backend/nftables/frame-difference.ts';
import { EMPTY_TABLE, type FoundChain, type TableContent } from '../../../../src/backend/nftables/parse.ts';
import { containersOf } from '../../../../src/backend/nftables/schema.ts';
import { servicePlan } from '../../../support/plans.ts';
import { rulesetOptions } from '../../../support/rulesets.ts';

function desired(): DesiredTable {
  const table = new DesiredTable(rulesetOptions());
  table.setService('d/web', servicePlan('d/web', { endpoints: ['10.244.2.3:8080'] }));
  return table;
}

/** A table as it is desired, but for what is said. */
function content(table: DesiredTable, more: Partial<TableContent> = {}): TableContent {
  return {
    ...EMPTY_TABLE,
    exists: true,
    elements: new Map(containersOf('ipv4').map(({ name }) => [name, new Map<string, string>()])),
    chains: chainsOf(table),
    ...more,
  };
}

const chainsOf = (table: DesiredTable, ...more: readonly FoundChain[]): Map<string, FoundChain> =>
  new Map([...table.shapeChains(), ...table.baseChains, ...more].map(chain => [chain.name, chain]));

const lineOf = ({ kind, in: container, name, kernel, desired: want }: Difference): string =>
  [...[kind, container, name].filter(Boolean), kernel ?? 'none', want ?? 'none'].join(' | ');

const told = (table: DesiredTable, found: TableContent, rulesOf?: Parameters<typeof frameDifferences>[2]): string[] =>
  frameDifferences(table, found, rulesOf).map(lineOf);

describe('frameDifferences', () => {
  it('are none where the frame is as it is desired', () => {
    const table = desired();
    expect(frameDifferences(table, content(table))).toEqual([]);
  });

  it('are all of it where there is no table', () => {
    const lines = told(desired(), EMPTY_TABLE);
    expect(lines[0]).toBe('table | none | ');
    const kinds = lines.map(line => line.split(' ')[0]);
    expect(kinds.filter(kind => kind === 'set' || kind === 'map')).toHaveLength(containersOf('ipv4').length);
    expect(lines).toContain('chain | cluster-tcp-1 | none | ');
    expect(lines.at(-1)).toMatch(/^rule \| reject-chain \| none \| reject/);
    expect(lines.every(line => line.includes('| none | '))).toBe(true);
  });

  it('are none by a chain on demand that nothing leads to', () => {
    const table = desired();
    const chains = chainsOf(
      table,
      { name: 'cluster-tcp-9', rules: ['drop'] },
      { name: 'learn-cluster-udp-9-s1-10.0.0.1', rules: [] },
    );
    expect(told(table, content(table, { chains }))).toEqual([]);
  });

  it('are one by a chain of others, however many rules it has, by another policy, and by a rule', () => {
    const table = desired();
    const chains = chainsOf(table, { name: 'theirs', rules: ['accept', undefined] });
    const [input, forward] = ['nat-input', 'filter-forward'].map(name => chains.get(name)!) as [FoundChain, FoundChain];
    chains.set('filter-forward', { ...forward, policy: 'drop' });
    chains.set('nat-input', { ...input, rules: ['accept', ...input.rules] });
    expect(told(table, content(table, { chains }))).toEqual([
      'chain | filter-forward | { type filter hook forward priority 0; policy drop; } | { type filter hook forward priority 0; policy accept; }',
      'rule | nat-input | accept | none',
      'chain | theirs |  | none',
    ]);
  });

  it('name rules of others as nft prints them, where it prints as many as there are', () => {
    const table = desired();
    const chains = chainsOf(table);
    const input = chains.get('nat-input')!;
    chains.set('nat-input', { ...input, rules: [undefined, ...input.rules] });
    const found = content(table, { chains });
    const printed = (lines: readonly string[]) => (name: string) => (name === 'nat-input' ? lines : undefined);
    expect(told(table, found, printed(['theirs drop', 'x']))).toEqual(['rule | nat-input | theirs drop | none']);
    for (const lines of [printed(['theirs', 'in two lines', 'x']), undefined])
      expect(told(table, found, lines)).toEqual([`rule | nat-input | ${FOREIGN_RULE} | none`]);
  });

  it('are by sets and maps: missing, of another kind, of others; and by a table that is asleep', () => {
    const table = desired();
    const { elements } = content(table);
    const found = content(table, {
      isDormant: true,
      elements: new Map([...elements].filter(([name]) => name !== 'hairpin' && name !== 'cluster-ips')),
      unusable: ['cluster-ips'],
      foreignContainers: [
        { kind: 'set', name: 'z' },
        { kind: 'map', name: 'a' },
      ],
    });
    expect(told(table, found)).toEqual([
      'table | { flags dormant; } | ',
      'set | cluster-ips |  | { typeof ip daddr; }',
      'set | hairpin | none | { typeof ip saddr . ip daddr . meta l4proto . th dport; }',
      'map | a |  | none',
      'set | z |  | none',
    ]);
  });
});
