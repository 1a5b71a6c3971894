// What a kernel tells of a transaction, from what the fake kernel held before and after it.

import type { ForeignCommit } from '../../src/backend/nftables/touched-parts.ts';
import { containersOf, type Container } from '../../src/backend/nftables/schema.ts';
import { keyBytes, valueBytes } from '../support/element-bytes.ts';
import { chainsOf, type Tables } from './kernel-content.ts';

type Changes = ForeignCommit['changes'][number][];
type Elements = ForeignCommit['elements'][number][];

const containers: ReadonlyMap<string, Container> = new Map(
  (['ipv4', 'ipv6'] as const).flatMap(family =>
    containersOf(family).map(one => [`${family === 'ipv4' ? 'ip' : 'ip6'} ${one.name}`, one] as const),
  ),
);

/** @param lacksElements whether the keys of elements are left out, as of a large transaction */
export function commitOf(before: Tables, after: Tables, lacksElements: boolean): ForeignCommit {
  const changes: Changes = [];
  const elements: Elements = [];
  for (const family of ['ip', 'ip6']) {
    const [was, is] = [before.get(`${family} kube-proxy`), after.get(`${family} kube-proxy`)];
    if (was && !is) changes.push({ verb: 'delete', what: 'table', family, name: '' });
    for (const name of new Set([...(was?.containers.keys() ?? []), ...(is?.containers.keys() ?? [])])) {
      const [old, now] = [was?.containers.get(name), is?.containers.get(name)];
      if (old?.declaration !== now?.declaration)
        for (const [one, verb] of [[old, 'delete'] as const, [now, 'add'] as const])
          if (one) changes.push({ verb, what: 'set', family, name });
      const own: Elements = [
        ...toldOf(family, name, 'delete', old?.elements, now?.elements),
        ...toldOf(family, name, 'add', now?.elements, old?.elements),
      ];
      for (const { verb } of own) changes.push({ verb, what: 'element', family, name });
      elements.push(...own);
    }
  }
  const [old, now] = [chainsOf(before), chainsOf(after)];
  for (const id of new Set([...old.keys(), ...now.keys()])) {
    const [family = '', , name = ''] = id.split(' ');
    if (!old.has(id) || !now.has(id))
      changes.push({ verb: now.has(id) ? 'add' : 'delete', what: 'chain', family, name });
    else if (JSON.stringify(old.get(id)) !== JSON.stringify(now.get(id)))
      changes.push({ verb: 'add', what: 'rule', family, name });
  }
  return { changes, elements: lacksElements ? [] : elements, isPartial: false, lacksElements };
}

function toldOf(
  family: string,
  name: string,
  verb: 'add' | 'delete',
  has: ReadonlyMap<string, string> = new Map(),
  other: ReadonlyMap<string, string> = new Map(),
): Elements {
  const container = containers.get(`${family} ${name}`);
  return [...has]
    .filter(([key, value]) => other.get(key) !== value)
    .map(([key, text]) => {
      const value = container && valueBytes(container, text);
      return {
        verb,
        family,
        name,
        ...(container && { key: keyBytes(container, key) }),
        ...(value && { value }),
      };
    });
}
