import { describe, expect, it } from 'vitest';
import { compileIpvsService } from '../../../../src/backend/ipvs/compile.ts';
import { DesiredTable, type Compile } from '../../../../src/backend/nftables/desired-table.ts';
import { diffElements, type Found } from '../../../../src/backend/nftables/diff.ts';
import { diffKeys, inForceAt, onlyIn } from '../../../../src/backend/nftables/narrowed-diff.ts';
import {
  isCompanionTable,
  type ContainerName,
  type Entry,
  type RulesetOptions,
} from '../../../../src/backend/nftables/schema.ts';
import { range, servicePlan } from '../../../support/plans.ts';
import { rulesetOptions } from '../../../support/rulesets.ts';

function tableOfTwo(more: Partial<RulesetOptions> = {}, compile?: Compile): DesiredTable {
  const options = rulesetOptions(more);
  const table = new DesiredTable(options, compile);
  table.setNode({ podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/16'], nodePortAddresses: ['192.0.2.1'] });
  const balanced = { address: '203.0.113.1', forward: 'local', kind: 'LoadBalancer' } as const;
  const nodePort = { address: undefined, kind: 'NodePort', port: 30_080, masquerade: true } as const;
  table.setService(
    'd/web',
    servicePlan('d/web', {
      virtualServers: [{}, { ...balanced, sourceRanges: [range('10.0.0.0/8')] }, nodePort],
    }),
  );
  table.setService(
    'd/none',
    servicePlan('d/none', {
      clusterIP: '10.96.0.2',
      endpoints: [],
      virtualServers: [{ forward: 'none', unavailable: 'reject' }],
    }),
  );
  // Wants what the older one has.
  table.setService('d/young', servicePlan('d/young', { seniority: '2027', endpoints: ['10.9.9.9:1'] }));
  return table;
}

const { ledger } = tableOfTwo();
const entries = [...ledger.entries()];
const KEY = '10.96.0.1 . tcp . 80';

describe('inForceAt', () => {
  it('finds each entry that is in force by its container and key', () => {
    expect(new Set(entries.map(({ container }) => container)).size).toBeGreaterThan(8);
    for (const entry of entries) expect(inForceAt(ledger, entry.container as ContainerName, entry.key)).toEqual(entry);
  });

  it('finds them in mode ipvs, too', () => {
    const ipvs = {
      scheduler: 'rr',
      schedulerFlags: undefined,
      missingSchedulers: new Set<string>(),
      nodeName: 'node-a',
    };
    const table = tableOfTwo({ affinity: 'hashed', endpointsBy: 'ipvs' }, plan => compileIpvsService(plan, ipvs));
    const all = [...table.ledger.entries()];
    expect(new Set(all.map(({ container }) => container))).toContain('real-servers');
    const inNft = all.filter(({ container }) => !isCompanionTable(container));
    expect(inNft.length).toBeGreaterThan(10);
    for (const entry of inNft)
      expect(inForceAt(table.ledger, entry.container as ContainerName, entry.key)).toEqual(entry);
  });

  it.each<[ContainerName, string]>([
    ['services', '10.96.0.7 . tcp . 80'],
    ['services', '10.96.0.2 . tcp . 80'],
    ['endpoints-tcp', '2 . 10.96.0.1 . 80'],
    ['cluster-ips', '10.96.0.7'],
    ['affinity-services', KEY],
  ])('finds nothing else: %s %s', (container, key) => {
    expect(inForceAt(ledger, container, key)).toBeUndefined();
  });
});

describe('diffKeys', () => {
  it.each<{
    readonly name: string;
    readonly key: string;
    readonly left: string | undefined;
    readonly deletes: readonly string[];
    readonly adds: readonly string[];
    readonly same: number;
  }>([
    { name: 'deleted', key: KEY, left: undefined, deletes: [], adds: ['goto cluster-tcp-2'], same: 0 },
    { name: 'changed', key: KEY, left: 'drop', deletes: ['drop'], adds: ['goto cluster-tcp-2'], same: 0 },
    { name: 'added', key: '10.96.0.7 . tcp . 80', left: 'drop', deletes: ['drop'], adds: [], same: 0 },
    { name: 'as it should be', key: KEY, left: 'goto cluster-tcp-2', deletes: [], adds: [], same: 1 },
    { name: 'added and gone again', key: '10.96.0.7 . tcp . 80', left: undefined, deletes: [], adds: [], same: 0 },
  ])('an element that is $name', ({ key, left, deletes, adds, same }) => {
    const diff = diffKeys(ledger, 'services', new Map([[key, left]]));
    expect(diff.deletes.map(({ value }) => value)).toEqual(deletes);
    expect(diff.adds.map(({ value }) => value)).toEqual(adds);
    expect([...diff.deletes, ...diff.adds].every(entry => entry.key === key)).toBe(true);
    expect(diff.same).toHaveLength(same);
  });
});

describe('onlyIn', () => {
  const textOf = ({ container, key, value }: Entry): string => `${container} ${key} ${value}`;
  const differences = (containers: readonly ContainerName[]): { adds: string[]; deletes: string[] } => {
    const found: Found = new Map(containers.map(name => [name, new Map([['10.96.0.7 . tcp . 80', 'stray']])]));
    const steps = diffElements(onlyIn(ledger, new Set(containers)), found);
    for (;;) {
      const { done, value } = steps.next();
      if (!done) continue;
      const all = (kind: 'adds' | 'deletes'): string[] => value.flatMap(unit => unit[kind]).map(textOf);
      return { adds: all('adds').toSorted(), deletes: all('deletes').toSorted() };
    }
  };

  it.each<[readonly ContainerName[]]>([
    [['services']],
    [['endpoints-tcp', 'source-ranges']],
    [['cluster-ips', 'service-cidrs']],
  ])('%s: compares what belongs there, and nothing else', containers => {
    const wanted = entries.filter(({ container }) => containers.some(name => name === container));
    expect(wanted.length).toBeGreaterThan(0);
    expect(differences(containers)).toEqual({
      adds: wanted.map(textOf).toSorted(),
      deletes: containers.map(name => `${name} 10.96.0.7 . tcp . 80 stray`).toSorted(),
    });
  });
});
