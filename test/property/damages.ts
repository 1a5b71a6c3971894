// What another program does to the tables of a fake kernel, at random.

import * as fc from 'fast-check';
import { commandsOfText } from '../fakes/fake-nft-commands.ts';
import { Refused } from '../fakes/fake-nft-container.ts';
import { chainsOf, elementsOf, type Tables } from './kernel-content.ts';
import type { WatchedWorld } from './watched-world.ts';

/** What somebody else does to the tables; the number chooses among what is there. */
export interface Damage {
  readonly kind:
    | 'delete-element'
    | 'change-value'
    | 'add-element'
    | 'flush-chain'
    | 'add-rule'
    | 'add-chain'
    | 'delete-chain'
    | 'delete-map'
    | 'change-map'
    | 'delete-table'
    | 'flush-ruleset';
  readonly choice: number;
}

export const damages: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom(
    'delete-element',
    'delete-element',
    'change-value',
    'add-element',
    'add-element',
    'flush-chain',
    'add-rule',
    'add-chain',
    'delete-chain',
    'delete-map',
    'change-map',
    'delete-table',
    'flush-ruleset',
  ),
  choice: fc.nat(),
});

const STRAY = [
  'cluster-ips { 10.96.77.77 }',
  'services { 10.96.77.77 . tcp . 80 : drop }',
  'services { 10.96.0.10 . tcp . 80 : goto reject-chain }',
  'endpoints-tcp { 7 . 10.96.0.10 . 80 : 10.244.9.9 . 99 }',
  'endpoints-udp { 0 . 10.96.77.77 . 80 : 10.244.9.9 . 99 }',
  'unavailable { 10.96.0.10 . tcp . 80 : drop }',
  'unavailable-nodeports { tcp . 30080 : drop }',
  'service-cidrs { 172.16.0.0/12 }',
  'pod-cidrs { 10.0.0.0/24 }',
  'firewalled { 203.0.113.20 . tcp . 80 }',
  'source-ranges { 203.0.113.20 . tcp . 80 . 172.16.0.0/12 }',
  'hairpin { 10.9.9.9 . 10.9.9.9 . tcp . 80 }',
];

/** The statements of a damage; none where there is nothing to damage. */
function statementsOf({ kind, choice }: Damage, tables: Tables): string {
  const pick = <T>(from: readonly T[]): T | undefined => from[choice % from.length];
  const element = (): readonly [place: string, key: string, value: string] | undefined => {
    const found = pick([...elementsOf(tables)]);
    const [, family, name, key] = /^(\S+) (\S+) (.*)$/.exec(found?.[0] ?? '') ?? [];
    return found && [`${family} kube-proxy ${name}`, key ?? '', found[1]];
  };
  const chain = pick([...chainsOf(tables).keys()]);
  switch (kind) {
    case 'delete-element': {
      const [place, key] = element() ?? [];
      return place === undefined ? '' : `delete element ${place} { ${key} }\n`;
    }
    case 'change-value': {
      const [place, key, value] = element() ?? [];
      const other = value?.startsWith('goto') ? 'drop' : value?.includes(' . ') ? '10.244.9.9 . 99' : undefined;
      return other ? `delete element ${place} { ${key} }\nadd element ${place} { ${key} : ${other} }\n` : '';
    }
    case 'add-element':
      return `add element ip kube-proxy ${pick(STRAY)}\n`;
    case 'flush-chain':
      return chain ? `flush chain ${chain}\n` : '';
    case 'add-rule':
      return chain ? `add rule ${chain} drop\n` : '';
    case 'add-chain':
      return 'add chain ip kube-proxy somebody-elses\nadd rule ip kube-proxy somebody-elses drop\n';
    // The kernel takes it where only rules led to that chain.
    case 'delete-chain': {
      const shape = pick([...chainsOf(tables).keys()].filter(id => / (?:nodeport-)?(?:cluster|external)-/.test(id)));
      return shape ? `flush table ${shape.replace(/ \S+$/, '')}\ndelete chain ${shape}\n` : '';
    }
    case 'delete-map':
    case 'change-map': {
      const maps = [...tables].flatMap(([table, { containers }]) =>
        [...containers].flatMap(([name, { declaration }]) => (declaration.kind === 'map' ? [[table, name]] : [])),
      );
      const [table, name] = pick(maps) ?? [];
      if (table === undefined) return '';
      const other = kind === 'change-map' ? `add set ${table} ${name} { typeof ip daddr; }\n` : '';
      return `flush table ${table}\ndelete map ${table} ${name}\n${other}`;
    }
    case 'delete-table':
      return `delete table ${choice % 2 ? 'ip' : 'ip6'} kube-proxy\n`;
    case 'flush-ruleset':
      return 'flush ruleset\n';
  }
}

/** @returns whether the kernel took it. */
export function disturb(world: WatchedWorld, damage: Damage): void {
  try {
    world.nft.kernel.apply(commandsOfText(statementsOf(damage, world.tables)));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
  }
}
