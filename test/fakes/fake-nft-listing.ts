// What `nft -j list table` of nft 1.1.3 prints of the fake kernel; handles aside.

import { ruleExpression } from './fake-nft-expressions.ts';
import type { FakeTable } from './fake-nft-kernel.ts';

export const FAKE_VERSION = '1.1.3';

export const METAINFO = {
  metainfo: { version: FAKE_VERSION, release_name: 'Commodore Bullmoose #4', json_schema_version: 1 },
};

/** The objects of a table, in nft's order. */
export function listingOf(family: 'ip' | 'ip6', table: string, { chains, containers }: FakeTable): object[] {
  const objects: object[] = [{ table: { family, name: table, handle: 1 } }];
  for (const [name, { hook }] of chains) {
    const base = hook && { type: hook.type, hook: hook.hook, prio: hook.priority, policy: 'accept' };
    objects.push({ chain: { family, table, name, handle: 0, ...base } });
  }
  for (const [name, container] of containers) objects.push(container.listing(family, table, name));
  for (const [chain, { rules }] of chains)
    for (const text of rules)
      objects.push({ rule: { family, table, chain, handle: 0, expr: expressionOf(family, text) } });
  return objects;
}

const expressions = new Map<string, readonly unknown[]>();

/** nft adds the kind of ICMP error to a plain `reject`. */
function expressionOf(family: 'ip' | 'ip6', text: string): readonly unknown[] {
  const id = `${family} ${text}`;
  const known = expressions.get(id);
  if (known) return known;
  const type = family === 'ip' ? 'icmp' : 'icmpv6';
  const expression = ruleExpression(text).map(statement =>
    typeof statement === 'object' && statement !== null && 'reject' in statement && !text.includes('tcp reset')
      ? { reject: { type, expr: 'port-unreachable' } }
      : statement,
  );
  expressions.set(id, expression);
  return expression;
}
