import { describe, expect, it } from 'vitest';
import { compileIpvsService } from '../../../../src/backend/ipvs/compile.ts';
import { renderIpvs, renderIpvsChange, renderWaysIn } from '../../../../src/backend/ipvs/render.ts';
import { DesiredTable } from '../../../../src/backend/nftables/desired-table.ts';
import { servicePlan } from '../../../support/plans.ts';
import { FakeIpvs } from '../../../fakes/fake-ipvs.ts';
import { rulesetOptions } from '../../../support/rulesets.ts';

function tableOf(family: 'ipv4' | 'ipv6'): DesiredTable {
  return new DesiredTable(rulesetOptions({ family, affinity: 'hashed', endpointsBy: 'ipvs' }), plan =>
    compileIpvsService(plan, {
      scheduler: 'rr',
      schedulerFlags: undefined,
      missingSchedulers: new Set(),
      nodeName: 'n',
    }),
  );
}

describe('rendering IPVS', () => {
  const tables = (['ipv4', 'ipv6'] as const).map(family => {
    const table = tableOf(family);
    table.setService('d/web', servicePlan('d/web', { family }));
    return table;
  });

  it('prints lines that ipvsadm carries out one after the other without a word', () => {
    const ipvs = new FakeIpvs();
    const lines = renderIpvs(tables).split('\n');
    expect(lines.flatMap(line => ipvs.execute(line) ?? [])).toEqual([]);
    expect(Object.keys(ipvs.servers)).toEqual(['-t 10.96.0.1:80', '-t [fd00:10:96::1]:80']);
    expect(ipvs.saved().split('\n').toSorted()).toEqual(lines.toSorted());
  });

  it('prints the guard for IPv4 alone, and routes with the source', () => {
    const text = renderWaysIn(tables, { ipv4: '192.0.2.1', ipv6: undefined }, true);
    expect(text.match(/elements = .*/g)).toEqual(['elements = { 10.96.0.1/32 }']);
    expect(text.match(/^#.*/gm)).toEqual([
      '# ip route add local 10.96.0.1/32 dev lo table local proto 107 metric 10700 src 192.0.2.1',
      '# ip route add local fd00:10:96::1/128 dev lo table local proto 107 metric 10700',
    ]);
    expect(renderWaysIn(tables, { ipv4: undefined, ipv6: undefined }, false)).not.toContain('table arp');
  });

  it('prints a change, what goes before and what goes after', () => {
    const table = tableOf('ipv4');
    const come = table.setService('d/web', servicePlan('d/web', { endpoints: ['10.244.1.2:8080'] }));
    const go = table.setService('d/web', undefined);
    expect(renderIpvsChange([{ family: 'ipv4', ...come }]).before).toEqual([
      '-A -t 10.96.0.1:80 -s rr',
      '-a -t 10.96.0.1:80 -r 10.244.1.2:8080 -m -w 1',
    ]);
    expect(renderIpvsChange([{ family: 'ipv4', ...go }])).toEqual({ before: [], after: ['-D -t 10.96.0.1:80'] });
  });
});
