import { describe, expect, it } from 'vitest';
import { staleFlows, udpFrontends, type Flow } from '../../../../src/backend/conntrack/stale-flows.ts';
import type { ServicePlan } from '../../../../src/plan/types.ts';
import { servicePlan } from '../../../support/plans.ts';

/** A flow as `dialled > answers`; the ports are 53 and 5353. */
function flow(text: string): Flow {
  const [originalDestination = '', replySource = ''] = text.split(' > ');
  return {
    family: originalDestination.includes(':') ? 'ipv6' : 'ipv4',
    originalDestination,
    originalPort: 53,
    replySource,
    replyPort: 5353,
  };
}

const served = (...endpoints: string[]): ReadonlyMap<string, ReadonlySet<string>> =>
  new Map([
    ['10.96.0.10 53', new Set(endpoints)],
    ['fd00:10:96::10 53', new Set(endpoints)],
    ['* 53', new Set(endpoints)],
  ]);

describe('udpFrontends', () => {
  const plan = (protocol: 'TCP' | 'UDP', servingEndpoints: readonly string[]): ServicePlan => {
    const { ports, ...rest } = servicePlan('d/dns', {
      protocol,
      virtualServers: [
        {},
        { kind: 'ExternalIP', address: '203.0.113.1' },
        { kind: 'NodePort', address: undefined, port: 30053 },
      ],
    });
    return { ...rest, ports: ports.map(port => ({ ...port, servingEndpoints })) };
  };

  it('are all addresses of a UDP port, a NodePort at any', () => {
    const endpoints = ['10.244.1.2:5353'];
    expect(Object.fromEntries(udpFrontends(plan('UDP', endpoints)))).toEqual({
      '10.96.0.1 80': endpoints,
      '203.0.113.1 80': endpoints,
      '* 30053': endpoints,
    });
  });

  it('are told without endpoints, too: their flows go nowhere', () => {
    expect([...udpFrontends(plan('UDP', [])).values()]).toEqual([[], [], []]);
  });

  it('are none for TCP, and none for a Service without ports', () => {
    expect(udpFrontends(plan('TCP', ['10.244.1.2:5353'])).size).toBe(0);
    expect(udpFrontends({ ...plan('UDP', []), ports: [] }).size).toBe(0);
  });
});

describe('staleFlows', () => {
  const NODE = '192.168.100.1';
  const cases: readonly {
    readonly name: string;
    readonly flow: string;
    readonly serving: readonly string[];
    readonly isStale: boolean;
  }[] = [
    { name: 'an endpoint that serves', flow: '10.96.0.10 > 10.244.1.2', serving: ['10.244.1.2:5353'], isStale: false },
    { name: 'one that is gone', flow: '10.96.0.10 > 10.244.1.2', serving: ['10.244.1.3:5353'], isStale: true },
    { name: 'the same at another port', flow: '10.96.0.10 > 10.244.1.2', serving: ['10.244.1.2:53'], isStale: true },
    { name: 'no endpoints at all', flow: '10.96.0.10 > 10.244.1.2', serving: [], isStale: true },
    {
      name: 'a flow from before the Service',
      flow: '10.96.0.10 > 10.96.0.10',
      serving: ['10.244.1.2:5353'],
      isStale: true,
    },
    { name: 'an address that is nobody’s business', flow: '10.96.0.99 > 10.244.1.2', serving: [], isStale: false },
    { name: 'a NodePort at an address of this node', flow: `${NODE} > 10.244.1.2`, serving: [], isStale: true },
    { name: 'the same port of another host', flow: '192.168.100.2 > 10.244.1.2', serving: [], isStale: false },
    { name: 'IPv6', flow: 'fd00:10:96::10 > fd00:10:244::2', serving: ['[fd00:10:244::2]:5353'], isStale: false },
    { name: 'IPv6, gone', flow: 'fd00:10:96::10 > fd00:10:244::2', serving: ['[fd00:10:244::3]:5353'], isStale: true },
  ];
  it.each(cases)('$name: stale is $isStale', row => {
    const one = flow(row.flow);
    expect(staleFlows([one], served(...row.serving), address => address === NODE)).toEqual(row.isStale ? [one] : []);
  });

  it('goes by the address first, where a NodePort has the same number', () => {
    const suspects = new Map([
      [`${NODE} 53`, new Set(['10.244.1.2:5353'])],
      ['* 53', new Set<string>()],
    ]);
    expect(staleFlows([flow(`${NODE} > 10.244.1.2`)], suspects, () => true)).toEqual([]);
  });

  it('names one flow for all clients of one frontend and endpoint', () => {
    const flows = [flow('10.96.0.10 > 10.244.1.2'), flow('10.96.0.10 > 10.244.1.2'), flow('10.96.0.10 > 10.244.1.3')];
    expect(staleFlows(flows, served(), () => false)).toEqual([flows[1], flows[2]]);
  });
});
