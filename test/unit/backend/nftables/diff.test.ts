import { describe, expect, it } from 'vitest';
import { sharedKey, type CompiledService } from '../../../../src/backend/nftables/claim.ts';
import {
  allElements,
  diffChains,
  diffElements,
  foundShared,
  stillNobodys,
  type FamilyUnit,
  type Unit,
} from '../../../../src/backend/nftables/diff.ts';
import { Ledger } from '../../../../src/backend/nftables/ledger.ts';
import type { FoundChain } from '../../../../src/backend/nftables/parse.ts';
import type { Chain, ContainerName, Entry } from '../../../../src/backend/nftables/schema.ts';

/** All steps of a comparison at once. */
function diffed(...args: Parameters<typeof diffElements>): Unit[] {
  const steps = diffElements(...args);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** `services 10.96.0.1 . tcp . 80 : goto x`, as an entry. */
function entry(line: string): Entry {
  const [left = '', value = ''] = line.split(' : ');
  const space = left.indexOf(' ');
  return { container: left.slice(0, space) as ContainerName, key: left.slice(space + 1), value };
}

const lineOf = ({ container, key, value }: Entry): string => `${container} ${key}${value && ` : ${value}`}`;

const VIP = '10.96.0.1 . tcp . 80';
const ENTRIES = [
  'endpoints-tcp 0 . 10.96.0.1 . 80 : 10.244.1.2 . 8080',
  `services ${VIP} : goto cluster-tcp-1`,
  'cluster-ips 10.96.0.1',
];

/** What a Service with one virtual server has: a claim of its id, but sets are shared. */
function compiled(id: string, lines: readonly string[]): CompiledService {
  const entries = lines.map(entry);
  const isShared = ({ container }: Entry): boolean => ['cluster-ips', 'hairpin'].includes(container);
  return {
    claims: [{ id, port: { name: '', number: 80, l4: 'tcp' }, entries: entries.filter(one => !isShared(one)) }],
    shared: entries.filter(isShared).map(({ container, key }) => sharedKey(container, key)),
  };
}

type Owned = readonly [owner: string, id: string, lines: readonly string[]];

function ledgerOf(...services: readonly Owned[]): Ledger {
  const ledger = new Ledger();
  for (const [owner, id, lines] of services) ledger.set(owner, owner, compiled(id, lines));
  return ledger;
}

function found(lines: readonly string[]): Map<Entry['container'], Map<string, string>> {
  const containers = new Map<Entry['container'], Map<string, string>>();
  for (const { container, key, value } of lines.map(entry)) {
    const elements = containers.get(container) ?? new Map<string, string>();
    containers.set(container, elements.set(key, value));
  }
  return containers;
}

/** Units as `owner: -deleted +added`. */
const unitsOf = (ledger: Ledger, lines: readonly string[]): Record<string, string[]> =>
  Object.fromEntries(
    diffed(ledger, found(lines)).map(({ owner = 'nobody', deletes, adds }) => [
      owner,
      [...deletes.map(one => `- ${lineOf(one)}`), ...adds.map(one => `+ ${lineOf(one)}`)],
    ]),
  );

describe('allElements', () => {
  it('is what a comparison with an empty kernel finds, each shared element once', () => {
    const other = '10.96.0.1 . udp . 53';
    const ledger = ledgerOf(
      ['d/a', VIP, ENTRIES],
      ['d/b', other, [`services ${other} : goto cluster-udp-1`, 'cluster-ips 10.96.0.1']],
      ['d/c', VIP, ['services 10.96.0.1 . tcp . 80 : drop', 'cluster-ips 10.96.0.1']],
    );
    ledger.set('d/none', '', { claims: [], shared: [] });
    const units = [...allElements(ledger)];
    expect(units).toEqual(diffed(ledger, new Map()));
    expect(units.map(({ owner, adds }) => `${owner}: ${adds.map(lineOf).join(', ')}`)).toEqual([
      `d/a: ${ENTRIES.join(', ')}`,
      `d/b: services ${other} : goto cluster-udp-1`,
    ]);
  });
});

describe('diffElements', () => {
  const own: readonly Owned[] = [['d/a', VIP, ENTRIES]];
  const cases: readonly {
    readonly name: string;
    readonly services: readonly Owned[];
    readonly kernel: readonly string[];
    readonly units: Record<string, readonly string[]>;
  }[] = [
    { name: 'nothing where all is as it should be', services: own, kernel: ENTRIES, units: {} },
    {
      name: 'all of a Service into an empty kernel',
      services: own,
      kernel: [],
      units: { 'd/a': ENTRIES.map(line => `+ ${line}`) },
    },
    {
      name: 'another value: the found one goes, the wanted one comes',
      services: own,
      kernel: [...ENTRIES.slice(0, 1), `services ${VIP} : drop`, ...ENTRIES.slice(2)],
      units: { 'd/a': [`- services ${VIP} : drop`, `+ services ${VIP} : goto cluster-tcp-1`] },
    },
    {
      name: 'an endpoint too many goes with the rest of its Service',
      services: own,
      kernel: [...ENTRIES, 'endpoints-tcp 1 . 10.96.0.1 . 80 : 10.244.1.3 . 8080'],
      units: { 'd/a': ['- endpoints-tcp 1 . 10.96.0.1 . 80 : 10.244.1.3 . 8080'] },
    },
    {
      name: 'and so do verdicts and ranges of its virtual server',
      services: own,
      kernel: [
        ...ENTRIES,
        `unavailable ${VIP} : drop`,
        `firewalled ${VIP}`,
        `source-ranges ${VIP} . 10.0.0.0/8`,
        `source-ranges ${VIP} . 10.9.9.9`,
        `affinity-services ${VIP} : goto x`,
      ],
      units: {
        'd/a': [
          `- unavailable ${VIP} : drop`,
          `- firewalled ${VIP}`,
          `- source-ranges ${VIP} . 10.0.0.0/8`,
          `- source-ranges ${VIP} . 10.9.9.9`,
          `- affinity-services ${VIP} : goto x`,
        ],
      },
    },
    {
      name: 'a NodePort is told by its protocol',
      services: [['d/a', 'udp . 30080', ['nodeports udp . 30080 : goto nodeport-cluster-udp-1']]],
      kernel: [
        'nodeports udp . 30080 : goto nodeport-cluster-udp-1',
        'nodeport-endpoints-udp 3 . 30080 : 10.244.1.2 . 53',
        'nodeport-endpoints-tcp 3 . 30080 : 10.244.1.2 . 53',
        'unavailable-nodeports udp . 30080 : drop',
        'affinity-nodeports udp . 30080 : goto x',
      ],
      units: {
        'd/a': [
          '- nodeport-endpoints-udp 3 . 30080 : 10.244.1.2 . 53',
          '- unavailable-nodeports udp . 30080 : drop',
          '- affinity-nodeports udp . 30080 : goto x',
        ],
        nobody: ['- nodeport-endpoints-tcp 3 . 30080 : 10.244.1.2 . 53'],
      },
    },
    {
      name: 'what the node has no more makes room in its own unit for what it has',
      services: [],
      kernel: [
        'pod-cidrs 10.244.0.0/16',
        'service-cidrs 10.96.0.0/12',
        'nodeport-ips 192.0.2.1',
        'cluster-ips 10.96.0.9',
      ],
      units: {
        node: ['- pod-cidrs 10.244.0.0/16', '- service-cidrs 10.96.0.0/12', '- nodeport-ips 192.0.2.1'],
        nobody: ['- cluster-ips 10.96.0.9'],
      },
    },
    {
      name: 'what nobody owns comes last, in a unit of nobody',
      services: [['d/a', VIP, ['services 10.96.0.1 . tcp . 80 : goto x']]],
      kernel: ['services 10.96.0.9 . tcp . 80 : drop', 'cluster-ips 10.96.0.9'],
      units: {
        'd/a': ['+ services 10.96.0.1 . tcp . 80 : goto x'],
        nobody: ['- services 10.96.0.9 . tcp . 80 : drop', '- cluster-ips 10.96.0.9'],
      },
    },
    {
      name: 'an entry that two Services share comes once',
      services: [
        ['d/a', 'x', ['cluster-ips 10.96.0.1']],
        ['d/b', 'y', ['cluster-ips 10.96.0.1']],
      ],
      kernel: [],
      units: { 'd/a': ['+ cluster-ips 10.96.0.1'] },
    },
    {
      name: 'a Service that lost its claim has nothing to write',
      services: [
        ['d/a', VIP, [`services ${VIP} : goto a`]],
        ['d/b', VIP, [`services ${VIP} : goto b`]],
      ],
      kernel: [`services ${VIP} : goto b`],
      units: { 'd/a': [`- services ${VIP} : goto b`, `+ services ${VIP} : goto a`] },
    },
  ];
  it.each(cases)('$name', ({ services, kernel, units }) => {
    expect(unitsOf(ledgerOf(...services), kernel)).toEqual(units);
  });
});

it('a comparison of many Services is done in steps', () => {
  const services = Array.from({ length: 1200 }, (_, i) => [`d/${i}`, `v-${i}`, []] as const);
  expect([...diffElements(ledgerOf(...services), new Map())].length).toBe(2);
});

describe('foundShared', () => {
  const [HAIRPIN, OTHER] = ['hairpin 10.1.1.1 . 10.1.1.1 . tcp . 80', 'hairpin 10.1.1.2 . 10.1.1.2 . tcp . 80'];
  const held = ledgerOf(['d/a', VIP, [HAIRPIN]]);
  const nothing = new Ledger();
  const unit = (more: Partial<FamilyUnit>): FamilyUnit => ({
    family: 'ipv4',
    owner: 'd/a',
    adds: [],
    deletes: [],
    ...more,
  });
  it.each([
    { name: 'held, and no difference found', line: HAIRPIN, units: [], is: true },
    { name: 'held, and missing', line: HAIRPIN, units: [unit({ adds: [entry(HAIRPIN)] })], is: false },
    {
      name: 'held, and another one missing',
      line: HAIRPIN,
      units: [unit({ adds: [entry('source-ranges 10.1.1.1 . 10.1.1.1 . tcp . 80')] })],
      is: true,
    },
    {
      name: 'held, and missing in the other family',
      line: HAIRPIN,
      units: [unit({ family: 'ipv6', adds: [entry(HAIRPIN)] })],
      is: true,
    },
    { name: 'held by nobody', line: OTHER, units: [], is: false },
    {
      name: 'held by nobody, and found',
      line: OTHER,
      units: [unit({ owner: undefined, deletes: [entry(OTHER)] })],
      is: true,
    },
  ])('$name: $is', ({ line, units, is }) => {
    const isFound = foundShared(units, family => (family === 'ipv4' ? held : nothing));
    expect(isFound('ipv4', entry(line))).toBe(is);
  });
});

describe('stillNobodys', () => {
  const ledger = ledgerOf(['d/a', VIP, ENTRIES]);
  it.each([
    { line: 'cluster-ips 10.96.0.1', is: false },
    { line: 'cluster-ips 10.96.0.2', is: true },
    { line: `services ${VIP} : drop`, is: false },
    { line: 'endpoints-tcp 9 . 10.96.0.1 . 80 : 10.9.9.9 . 80', is: false },
    { line: 'endpoints-tcp 9 . 10.96.0.2 . 80 : 10.9.9.9 . 80', is: true },
    { line: 'hairpin 10.9.9.9 . 10.9.9.9 . tcp . 80', is: true },
  ])('$line: $is', ({ line, is }) => {
    expect(stillNobodys(ledger, [entry(line)])).toEqual(is ? [entry(line)] : []);
  });
});

describe('diffChains', () => {
  const hook = { type: 'nat', hook: 'prerouting', priority: -100 } as const;
  const wanted: Chain = { name: 'x', hook, rules: ['jump dispatch', 'reject'] };
  const cases: readonly {
    readonly name: string;
    readonly is: Partial<FoundChain> | undefined;
    readonly isWrong: boolean;
    readonly isReplaced?: true;
  }[] = [
    { name: 'the same', is: {}, isWrong: false },
    { name: 'missing', is: undefined, isWrong: true },
    { name: 'a rule too few', is: { rules: ['jump dispatch'] }, isWrong: true },
    { name: 'a rule too many', is: { rules: ['jump dispatch', 'reject', 'drop'] }, isWrong: true },
    { name: 'another rule', is: { rules: ['jump dispatch', 'drop'] }, isWrong: true },
    { name: 'another order', is: { rules: ['reject', 'jump dispatch'] }, isWrong: true },
    { name: 'a rule that is none of ours', is: { rules: ['jump dispatch', undefined] }, isWrong: true },
    { name: 'another priority', is: { hook: { ...hook, priority: -99 } }, isWrong: true, isReplaced: true },
    { name: 'another hook', is: { hook: { ...hook, hook: 'output' } }, isWrong: true, isReplaced: true },
    { name: 'another type', is: { hook: { ...hook, type: 'filter' } }, isWrong: true, isReplaced: true },
  ];
  it.each(cases)('$name', ({ is, isWrong, isReplaced = false }) => {
    const chains = new Map(is && [['x', { ...wanted, ...is }]]);
    expect(diffChains([wanted], chains)).toEqual({
      wrong: isWrong ? [wanted] : [],
      replaced: new Set(isReplaced ? ['x'] : []),
    });
  });

  it('a chain that should have no hook and has one is made anew', () => {
    const plain = { name: 'x', rules: [] };
    expect(diffChains([plain], new Map([['x', { ...plain, hook }]])).replaced).toEqual(new Set(['x']));
    expect(diffChains([plain], new Map([['x', plain]])).wrong).toEqual([]);
  });

  it('a chain whose policy is not accept is written again, in place', () => {
    const hook = { type: 'filter', hook: 'input', priority: 0 } as const;
    const chain = { name: 'x', hook, rules: [] };
    const diff = diffChains([chain], new Map([['x', { ...chain, policy: 'drop' }]]));
    expect(diff).toEqual({ wrong: [chain], replaced: new Set() });
  });

  it('passes over chains that nobody wants', () => {
    expect(diffChains([], new Map([['x', wanted]]))).toEqual({ wrong: [], replaced: new Set() });
  });
});
