import { describe, expect, it } from 'vitest';
import { DesiredTable } from '../../../../src/backend/nftables/desired-table.ts';
import { renderJson, renderText } from '../../../../src/backend/nftables/render.ts';
import { containersOf, type RulesetOptions } from '../../../../src/backend/nftables/schema.ts';
import type { Family } from '../../../../src/model/ip.ts';
import { servicePlan } from '../../../support/plans.ts';
import { rulesetOptions } from '../../../support/rulesets.ts';

const optionsOf = (family: Family): RulesetOptions => rulesetOptions({ family });

function tables(): DesiredTable[] {
  const made = (['ipv4', 'ipv6'] as const).map(family => new DesiredTable(optionsOf(family)));
  for (const table of made) table.setService('d/web', servicePlan('d/web', { family: table.options.family }));
  return made;
}

describe('renderText', () => {
  const lines = renderText(tables()).trimEnd().split('\n');

  it('makes the table, its containers, its chains and its elements, in an order that nft can load', () => {
    const ipv4 = lines.filter(line => line.includes(' ip kube-proxy'));
    expect(ipv4[0]).toBe('add table ip kube-proxy');
    const verbs = ipv4.map(line => line.split(' ').slice(0, 2).join(' '));
    expect([...new Set(verbs)]).toEqual([
      'add table',
      'add map',
      'add set',
      'add chain',
      'flush chain',
      'add rule',
      'add element',
    ]);
    const declared = ipv4.flatMap(line => /^add (?:map|set) ip kube-proxy (\S+)/.exec(line)?.[1] ?? []);
    expect(declared).toEqual(containersOf('ipv4').map(({ name }) => name));
  });

  it('makes every chain before a rule or an element leads to it', () => {
    const made = new Set<string>();
    const tooEarly: string[] = [];
    let family = '';
    for (const line of lines) {
      family = / (ip6?) kube-proxy/.exec(line)?.[1] ?? family;
      const chain = /^add chain \S+ kube-proxy (\S+)/.exec(line)?.[1];
      if (chain !== undefined) made.add(`${family} ${chain}`);
      const target = /(?:goto|jump) (\S+?),?$/.exec(line)?.[1];
      if (target !== undefined && !made.has(`${family} ${target}`)) tooEarly.push(line);
    }
    expect(tooEarly).toEqual([]);
    expect([...made]).toEqual(expect.arrayContaining(['ip cluster-tcp-2', 'ip6 cluster-tcp-2']));
  });

  it('empties each chain before it fills it, so that loading it twice is the same as once', () => {
    const chains = lines
      .filter(line => line.startsWith('add chain'))
      .map(line => line.split(' ').slice(2, 5).join(' '));
    for (const chain of chains) expect(lines).toContain(`flush chain ${chain}`);
    expect(lines.indexOf('flush chain ip kube-proxy cluster-tcp-2')).toBeLessThan(
      lines.findIndex(line => line.startsWith('add rule ip kube-proxy cluster-tcp-2')),
    );
  });

  it('has the elements of both families', () => {
    const text = lines.join('\n');
    expect(text).toContain('add element ip kube-proxy services {\n  10.96.0.1 . tcp . 80 : goto cluster-tcp-2\n}');
    expect(text).toContain('add element ip6 kube-proxy cluster-ips {\n  fd00:10:96::1\n}');
  });

  it('is nothing for no tables', () => {
    expect(renderText([])).toBe('');
  });
});

describe('renderJson', () => {
  it('holds all elements, and nothing else', () => {
    const { nftables } = JSON.parse(renderJson(tables())) as {
      nftables: { add: { element: { family: string; name: string; elem: unknown[] } } }[];
    };
    const counts = nftables.map(({ add: { element } }) => `${element.family} ${element.name} ${element.elem.length}`);
    const each = ['endpoints-tcp 2', 'services 1', 'cluster-ips 1', 'hairpin 1'];
    expect(counts).toEqual([...each.map(line => `ip ${line}`), ...each.map(line => `ip6 ${line}`)]);
  });

  it('ends with a newline, and is a document without tables, too', () => {
    expect(renderJson([])).toBe('{"nftables":[]}\n');
  });
});
