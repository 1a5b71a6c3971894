import { describe, expect, it } from 'vitest';
import { NODE_OWNER } from '../../../../src/backend/nftables/diff.ts';
import { DesiredTable, isOnDemand, shapeOfVerdict } from '../../../../src/backend/nftables/desired-table.ts';
import type { ServicePlan } from '../../../../src/plan/types.ts';
import { servicePlan } from '../../../support/plans.ts';
import { rulesetOptions } from '../../../support/rulesets.ts';

const options = rulesetOptions();
const vip = { address: '203.0.113.1', forward: 'local', kind: 'LoadBalancer' } as const;

/** The same plan with ClientIP affinity. */
function sticky(plan: ServicePlan, affinityTimeoutSeconds = 10_800): ServicePlan {
  const ports = plan.ports.map(port => ({ ...port, servicePort: { ...port.servicePort, affinityTimeoutSeconds } }));
  return { ...plan, ports };
}

const namesOf = (table: DesiredTable): string[] => table.shapeChains().map(({ name }) => name);

describe('DesiredTable', () => {
  it('needs no shapes for what has no endpoints', () => {
    const table = new DesiredTable(options);
    const unavailable = { forward: 'none', unavailable: 'reject' } as const;
    table.setService('d/web', servicePlan('d/web', { endpoints: [], virtualServers: [unavailable] }));
    expect(namesOf(table)).toEqual([]);
    expect([...table.ledger.entries()].map(({ value }) => value)).toEqual(['goto reject-chain', '']);
  });

  it('needs the shapes of its Services and those that they go on to, callees first, each once', () => {
    const table = new DesiredTable(options);
    table.setService('d/web', servicePlan('d/web', { virtualServers: [{}, vip] }));
    table.setService('d/other', servicePlan('d/other', { clusterIP: '10.96.0.2', virtualServers: [{}] }));
    expect(namesOf(table)).toEqual(['cluster-tcp-2', 'external-tcp-2', 'local-tcp-2-1']);
  });

  it('has the chains that pin clients, where the kernel learns', () => {
    const table = new DesiredTable(options);
    table.setService('d/web', sticky(servicePlan('d/web', { virtualServers: [{}, vip] })));
    expect(namesOf(table)).toEqual([
      'cluster-tcp-2',
      'cluster-tcp-2-l80-10.96.0.1',
      'learn-cluster-tcp-10800-l80-10.96.0.1',
      'external-tcp-2-l80-10.96.0.1',
      'local-tcp-2-1-l80-10.96.0.1',
      'learn-local-tcp-10800-l80-10.96.0.1',
    ]);
    const hashed = new DesiredTable({ ...options, affinity: 'hashed' });
    hashed.setService('d/web', sticky(servicePlan('d/web')));
    expect(namesOf(hashed)).toEqual(['cluster-tcp-2-hash']);
  });

  it('drops a shape with the last Service that uses it', () => {
    const table = new DesiredTable(options);
    table.setService('d/a', servicePlan('d/a'));
    table.setService('d/b', servicePlan('d/b', { clusterIP: '10.96.0.2' }));
    table.setService('d/a', undefined);
    expect(namesOf(table)).toEqual(['cluster-tcp-2']);
    table.setService('d/b', servicePlan('d/b', { clusterIP: '10.96.0.2', endpoints: ['10.244.1.2:80'] }));
    expect(namesOf(table)).toEqual(['cluster-tcp-1']);
    table.setService('d/b', undefined);
    expect(namesOf(table)).toEqual([]);
    expect(table.ledger.size).toBe(0);
  });

  it('does not need the shape of a Service that lost its virtual server to an older one', () => {
    const table = new DesiredTable(options);
    const old = servicePlan('d/old', { seniority: '2025', endpoints: ['10.244.1.2:80'] });
    table.setService('d/young', servicePlan('d/young', { seniority: '2026' }));
    expect(namesOf(table)).toEqual(['cluster-tcp-2']);
    table.setService('d/old', old);
    expect(namesOf(table)).toEqual(['cluster-tcp-1']);
    expect(table.ledger.conflicts()).toEqual([{ claim: '10.96.0.1 . tcp . 80', winner: 'd/old', loser: 'd/young' }]);
  });

  it('says nothing where a Service is set to what it is', () => {
    const table = new DesiredTable(options);
    table.setService('d/web', servicePlan('d/web'));
    expect(table.setService('d/web', servicePlan('d/web'))).toMatchObject({ owner: 'd/web', deletes: [], adds: [] });
    expect(table.setService('d/none', undefined)).toMatchObject({ deletes: [], adds: [] });
  });

  it('takes a change back', () => {
    const table = new DesiredTable(options);
    table.setService('d/web', servicePlan('d/web'));
    const { before } = table.setService('d/web', servicePlan('d/web', { endpoints: ['10.244.1.2:80'] }));
    table.set('d/web', '', before);
    expect(namesOf(table)).toEqual(['cluster-tcp-2']);
  });

  it("writes the node's own entries, and of a change only what differs", () => {
    const table = new DesiredTable(options);
    const entries = {
      podCIDRs: ['10.244.1.0/24'],
      serviceCIDRs: ['10.96.0.0/16'],
      nodePortAddresses: ['192.168.100.1', '192.168.100.2'],
    };
    expect(table.setNode(entries)).toMatchObject({ owner: NODE_OWNER, deletes: [] });
    expect([...table.ledger.entries()].map(({ container, key }) => `${container} ${key}`)).toEqual([
      'pod-cidrs 10.244.1.0/24',
      'service-cidrs 10.96.0.0/16',
      'nodeport-ips 192.168.100.1',
      'nodeport-ips 192.168.100.2',
    ]);
    const { deletes, adds } = table.setNode({ ...entries, nodePortAddresses: ['192.168.100.2', '192.168.100.3'] });
    expect(deletes.map(({ key }) => key)).toEqual(['192.168.100.1']);
    expect(adds.map(({ key }) => key)).toEqual(['192.168.100.3']);
  });

  it('writes chains by the options as they are now', () => {
    const table = new DesiredTable(options);
    table.setService(
      'd/web',
      servicePlan('d/web', { virtualServers: [{ ...vip, forward: 'cluster', masquerade: true }] }),
    );
    table.options = { ...options, masqueradeMark: 1, nodePorts: 'listed' };
    expect(table.shapeChains().at(-1)?.rules[0]).toBe('meta mark set meta mark | 0x00000001');
    expect(table.baseChains.find(({ name }) => name === 'dispatch')?.rules.at(-1)).toContain('@nodeport-ips');
  });

  it('passes over names of no shape', () => {
    expect(new DesiredTable(options).chainsOf(['reject-chain', '', 'service-ABC'])).toEqual([]);
  });
});

describe('shapeOfVerdict', () => {
  it.each([
    ['goto cluster-tcp-3', 'cluster-tcp-3'],
    ['goto learn-cluster-tcp-10-s80-10.96.0.1', 'learn-cluster-tcp-10-s80-10.96.0.1'],
    ['goto reject-chain', undefined],
    ['jump cluster-tcp-3', undefined],
    ['drop', undefined],
    ['10.244.1.2 . 8080', undefined],
    ['', undefined],
  ])('%j: %s', (verdict, shape) => {
    expect(shapeOfVerdict(verdict)).toBe(shape);
  });

  it('what is on demand is none of the frame', () => {
    for (const { name } of new DesiredTable(options).baseChains) expect(isOnDemand(name), name).toBe(false);
  });
});
