import { describe, expect, it } from 'vitest';
import { compileIpvsService } from '../../../../src/backend/ipvs/compile.ts';
import type { IpvsOptions } from '../../../../src/backend/ipvs/settings.ts';
import { sharedEntry } from '../../../../src/backend/nftables/claim.ts';
import type { Entry } from '../../../../src/backend/nftables/schema.ts';
import type { ServicePlan, ServicePortPlan } from '../../../../src/plan/types.ts';
import { servicePlan, type PlanOptions } from '../../../support/plans.ts';

const options: IpvsOptions = {
  scheduler: 'rr',
  schedulerFlags: undefined,
  missingSchedulers: new Set(),
  nodeName: 'node-a',
};

/** Entries as `container key : value`, by claim, and the shared ones; sorted, but for virtual servers, which are first. */
function entriesOf(plan: ServicePlan, more: Partial<IpvsOptions> = {}): Record<string, string[]> {
  const { claims, shared } = compileIpvsService(plan, { ...options, ...more });
  const lines = (entries: readonly Entry[]): string[] =>
    entries.map(({ container, key, value }) => `${container} ${key}${value && ` : ${value}`}`);
  return {
    ...Object.fromEntries(
      claims.map(({ id, entries }) => [id, [...lines(entries.slice(0, 1)), ...lines(entries.slice(1)).toSorted()]]),
    ),
    shared: lines(shared.map(sharedEntry)),
  };
}

/** A plan whose one port is changed. */
function planWith(
  given: PlanOptions,
  port: Partial<ServicePortPlan['servicePort']>,
  more: Partial<ServicePortPlan> = {},
): ServicePlan {
  const plan = servicePlan('d/web', given);
  return { ...plan, ports: plan.ports.map(one => ({ ...one, ...more, servicePort: { ...one.servicePort, ...port } })) };
}

const vip = { address: '203.0.113.1', kind: 'ExternalIP' } as const;
const nodePort = { address: undefined, kind: 'NodePort', port: 30080 } as const;
const direct = {
  '10.96.0.1 . tcp . 80': ['services 10.96.0.1 . tcp . 80 : return', 'unavailable 10.96.0.1 . tcp . 80 : accept'],
};
const both = (port: number) => [
  `virtual-servers 10.96.0.1 . tcp . ${port} : -s rr`,
  `real-servers 10.96.0.1 . tcp . ${port} . 10.244.1.2 . 8080 : -m -w 1`,
  `real-servers 10.96.0.1 . tcp . ${port} . 10.244.2.3 . 8080 : -m -w 1`,
];
const shared = ['cluster-ips 10.96.0.1', 'hairpin 10.244.1.2 . 10.244.1.2 . tcp . 8080'];

const cases: readonly {
  readonly name: string;
  readonly plan: ServicePlan;
  readonly more?: Partial<IpvsOptions>;
  readonly expected: Record<string, string[]>;
}[] = [
  {
    name: 'a ClusterIP is a virtual server, and nft lets its packets go on',
    plan: servicePlan('d/web'),
    expected: { ...direct, 'ipvs . 10.96.0.1 . tcp . 80': both(80), shared },
  },
  {
    name: 'other addresses lead to the same virtual server',
    plan: servicePlan('d/web', {
      virtualServers: [{}, { ...vip, masquerade: true }, { ...nodePort, masquerade: true }],
    }),
    expected: {
      ...direct,
      '203.0.113.1 . tcp . 80': [
        'endpoints-tcp 0 . 203.0.113.1 . 80 : 10.96.0.1 . 80',
        'services 203.0.113.1 . tcp . 80 : goto external-tcp-1',
      ],
      'tcp . 30080': [
        'nodeport-endpoints-tcp 0 . 30080 : 10.96.0.1 . 80',
        'nodeports tcp . 30080 : goto nodeport-external-tcp-1',
      ],
      'ipvs . 10.96.0.1 . tcp . 80': both(80),
      shared,
    },
  },
  {
    name: 'external policy Local has a virtual server at the number of the NodePort',
    plan: planWith(
      { virtualServers: [{}, { ...nodePort, forward: 'local' }] },
      { nodePort: 30080, externalTrafficPolicy: 'local' },
    ),
    expected: {
      ...direct,
      'tcp . 30080': [
        'nodeport-endpoints-tcp 0 . 30080 : 10.96.0.1 . 80',
        'nodeport-endpoints-tcp 65536 . 30080 : 10.96.0.1 . 30080',
        'nodeports tcp . 30080 : goto nodeport-local-tcp-1-1',
      ],
      'ipvs . 10.96.0.1 . tcp . 80': both(80),
      'ipvs . 10.96.0.1 . tcp . 30080': [
        'virtual-servers 10.96.0.1 . tcp . 30080 : -s rr',
        'real-servers 10.96.0.1 . tcp . 30080 . 10.244.1.2 . 8080 : -m -w 1',
      ],
      shared,
    },
  },
  {
    name: 'without local endpoints there is no virtual server for them; pods and this host have their short cut',
    plan: planWith(
      { endpoints: ['10.244.2.3:8080'], virtualServers: [{}, { ...vip, forward: 'local', unavailable: 'drop' }] },
      { externalTrafficPolicy: 'local' },
    ),
    expected: {
      ...direct,
      '203.0.113.1 . tcp . 80': [
        'endpoints-tcp 0 . 203.0.113.1 . 80 : 10.96.0.1 . 80',
        'services 203.0.113.1 . tcp . 80 : goto local-tcp-1-0',
        'unavailable 203.0.113.1 . tcp . 80 : drop',
      ],
      'ipvs . 10.96.0.1 . tcp . 80': [
        'virtual-servers 10.96.0.1 . tcp . 80 : -s rr',
        'real-servers 10.96.0.1 . tcp . 80 . 10.244.2.3 . 8080 : -m -w 1',
      ],
      shared: ['cluster-ips 10.96.0.1'],
    },
  },
  {
    name: 'internal policy Local has the own port for local endpoints, and another one for all',
    plan: planWith(
      { virtualServers: [{ forward: 'local' }, { ...vip, masquerade: true }] },
      { internalTrafficPolicy: 'local' },
    ),
    expected: {
      ...direct,
      '203.0.113.1 . tcp . 80': [
        'endpoints-tcp 0 . 203.0.113.1 . 80 : 10.96.0.1 . 32848',
        'services 203.0.113.1 . tcp . 80 : goto external-tcp-1',
      ],
      'ipvs . 10.96.0.1 . tcp . 32848': both(32848),
      'ipvs . 10.96.0.1 . tcp . 80': [
        'virtual-servers 10.96.0.1 . tcp . 80 : -s rr',
        'real-servers 10.96.0.1 . tcp . 80 . 10.244.1.2 . 8080 : -m -w 1',
      ],
      shared,
    },
  },
  {
    name: 'without endpoints nft turns packets away, and IPVS has nothing',
    plan: servicePlan('d/web', { endpoints: [], virtualServers: [{ forward: 'none', unavailable: 'reject' }] }),
    expected: {
      '10.96.0.1 . tcp . 80': ['unavailable 10.96.0.1 . tcp . 80 : goto reject-chain'],
      shared: ['cluster-ips 10.96.0.1'],
    },
  },
  {
    name: 'ClientIP affinity is the virtual server’s matter, not nft’s',
    plan: planWith({ virtualServers: [{}, { ...vip, masquerade: true }] }, { affinityTimeoutSeconds: 60 }),
    expected: {
      ...direct,
      '203.0.113.1 . tcp . 80': [
        'endpoints-tcp 0 . 203.0.113.1 . 80 : 10.96.0.1 . 80',
        'services 203.0.113.1 . tcp . 80 : goto external-tcp-1',
      ],
      'ipvs . 10.96.0.1 . tcp . 80': ['virtual-servers 10.96.0.1 . tcp . 80 : -s rr -p 60', ...both(80).slice(1)],
      shared,
    },
  },
  {
    name: 'an external address that is the ClusterIP is not turned away',
    plan: servicePlan('d/web', { virtualServers: [{ ...vip, address: '10.96.0.1', masquerade: true }] }),
    expected: {
      '10.96.0.1 . tcp . 80': [
        'endpoints-tcp 0 . 10.96.0.1 . 80 : 10.96.0.1 . 80',
        'services 10.96.0.1 . tcp . 80 : goto external-tcp-1',
        'unavailable 10.96.0.1 . tcp . 80 : accept',
      ],
      'ipvs . 10.96.0.1 . tcp . 80': both(80),
      shared,
    },
  },
  {
    name: 'IPv6 and UDP',
    plan: servicePlan('d/web', { family: 'ipv6', protocol: 'UDP' }),
    expected: {
      'fd00:10:96::1 . udp . 80': [
        'services fd00:10:96::1 . udp . 80 : return',
        'unavailable fd00:10:96::1 . udp . 80 : accept',
      ],
      'ipvs . fd00:10:96::1 . udp . 80': [
        'virtual-servers fd00:10:96::1 . udp . 80 : -s rr',
        'real-servers fd00:10:96::1 . udp . 80 . fd00:10:244::2 . 8080 : -m -w 1',
        'real-servers fd00:10:96::1 . udp . 80 . fd00:10:244::3 . 8080 : -m -w 1',
      ],
      shared: ['cluster-ips fd00:10:96::1', 'hairpin fd00:10:244::2 . fd00:10:244::2 . udp . 8080'],
    },
  },
];

describe('compileIpvsService', () => {
  it.each(cases)('$name', ({ plan, more, expected }) => expect(entriesOf(plan, more)).toEqual(expected));
});

describe('endpoints that are not chosen', () => {
  const leftOut: ServicePortPlan['leftOut'] = (
    [
      [4, 'terminating', 'cluster'],
      [5, 'not-ready', 'cluster'],
      [6, 'not-in-zone', 'cluster'],
      [7, 'not-local', 'local'],
      [2, 'duplicate', 'cluster'],
    ] as const
  ).map(([host, reason, from]) => ({
    endpoint: {
      address: `10.244.1.${host}`,
      port: 8080,
      ready: false,
      serving: true,
      terminating: true,
      nodeName: '',
      zoneHints: [],
      nodeHints: [],
    },
    from,
    reason,
  }));
  const weightsOf = (protocol: 'TCP' | 'UDP'): string[] =>
    (entriesOf(planWith({ protocol }, {}, { leftOut }))[`ipvs . 10.96.0.1 . ${protocol.toLowerCase()} . 80`] ?? [])
      .slice(1)
      .map(line => line.replace(/^.* \. (10\.244\S+) .* : -m -w (\d)$/, '$1 $2'));

  it('keep their TCP connections while they are listed', () => {
    expect(weightsOf('TCP')).toEqual(['10.244.1.2 1', '10.244.1.4 0', '10.244.1.5 0', '10.244.1.6 0', '10.244.2.3 1']);
  });

  it('keep them where none is chosen any more, too; new ones nft turns away', () => {
    const none = {
      endpoints: [],
      virtualServers: [
        { forward: 'none', unavailable: 'reject' },
        { ...nodePort, forward: 'none', unavailable: 'reject' },
      ],
    } as const;
    expect(entriesOf(planWith(none, { nodePort: 30080 }, { leftOut: leftOut.slice(0, 2) }))).toEqual({
      '10.96.0.1 . tcp . 80': ['unavailable 10.96.0.1 . tcp . 80 : goto reject-chain'],
      'tcp . 30080': ['unavailable-nodeports tcp . 30080 : goto reject-chain'],
      'ipvs . 10.96.0.1 . tcp . 80': [
        'virtual-servers 10.96.0.1 . tcp . 80 : -s rr',
        'real-servers 10.96.0.1 . tcp . 80 . 10.244.1.4 . 8080 : -m -w 0',
        'real-servers 10.96.0.1 . tcp . 80 . 10.244.1.5 . 8080 : -m -w 0',
      ],
      shared: ['cluster-ips 10.96.0.1'],
    });
  });

  it('keep them at the port of their set under policy Local, where new ones are dropped', () => {
    const local = { ...leftOut[0]!, from: 'local' as const };
    const plan = planWith(
      { endpoints: ['10.244.2.3:8080'], virtualServers: [{}, { ...vip, forward: 'local', unavailable: 'drop' }] },
      { externalTrafficPolicy: 'local', nodePort: 30080 },
    );
    const draining = { ...plan, ports: plan.ports.map(port => ({ ...port, leftOut: [local] })) };
    const { 'ipvs . 10.96.0.1 . tcp . 30080': virtualServer, ...rest } = entriesOf(draining);
    expect(virtualServer).toEqual([
      'virtual-servers 10.96.0.1 . tcp . 30080 : -s rr',
      'real-servers 10.96.0.1 . tcp . 30080 . 10.244.1.4 . 8080 : -m -w 0',
    ]);
    expect(rest).toEqual(entriesOf(plan));
  });

  it('are gone for UDP', () => {
    expect(weightsOf('UDP')).toEqual(['10.244.1.2 1', '10.244.2.3 1']);
  });
});

describe('weights', () => {
  const weightsOf = (endpoints: readonly string[], protocol: 'TCP' | 'UDP' = 'TCP'): string[] =>
    (
      entriesOf(servicePlan('d/web', { endpoints, protocol }))[`ipvs . 10.96.0.1 . ${protocol.toLowerCase()} . 80`] ??
      []
    )
      .slice(1)
      .map(line => line.replace(/^.* \. (10\.244\S+) .* : -m -w (\d+)$/, '$1 $2'));
  const cases = [
    { name: 'those that were asked for', endpoints: ['10.244.1.2:80=3', '10.244.1.3:80'], expected: ['2 3', '3 1'] },
    { name: '0: no new connections', endpoints: ['10.244.1.2:80=0', '10.244.1.3:80'], expected: ['2 0', '3 1'] },
    {
      name: '0 of all: somebody has to serve',
      endpoints: ['10.244.1.2:80=0', '10.244.1.3:80=0'],
      expected: ['2 1', '3 1'],
    },
    {
      name: '0 of UDP: a client would stay with it for ever',
      endpoints: ['10.244.1.2:80=0', '10.244.1.3:80=7'],
      protocol: 'UDP',
      expected: ['3 7'],
    },
    {
      name: '0 of all of UDP',
      endpoints: ['10.244.1.2:80=0'],
      protocol: 'UDP',
      expected: ['2 1'],
    },
  ] as const;
  it.each(cases)('$name', ({ endpoints, expected, ...more }) =>
    expect(weightsOf(endpoints, 'protocol' in more ? more.protocol : 'TCP')).toEqual(
      expected.map(one => `10.244.1.${one}`),
    ),
  );
});

describe('schedulers', () => {
  const settings = (ipvs: ServicePortPlan['servicePort']['ipvs'], more: Partial<IpvsOptions>): string => {
    const lines = entriesOf(planWith({}, ipvs ? { ipvs } : {}), more)['ipvs . 10.96.0.1 . tcp . 80'] ?? [];
    return lines[0]?.replace(/^.* : /, '') ?? '';
  };
  const schedulers = [
    { name: 'the common one', ipvs: undefined, more: { scheduler: 'lc' }, expected: '-s lc' },
    { name: 'sh never refuses', ipvs: undefined, more: { scheduler: 'sh' }, expected: '-s sh -b sh-fallback' },
    {
      name: 'the common flags',
      ipvs: undefined,
      more: { scheduler: 'mh', schedulerFlags: ['flag-2'] },
      expected: '-s mh -b mh-port',
    },
    {
      name: 'no flags, if none are wanted',
      ipvs: undefined,
      more: { scheduler: 'sh', schedulerFlags: [] },
      expected: '-s sh',
    },
    { name: 'a Service’s own', ipvs: { scheduler: 'wlc' }, more: { schedulerFlags: ['flag-2'] }, expected: '-s wlc' },
    {
      name: 'a Service’s own flags',
      ipvs: { schedulerFlags: ['flag-1', 'flag-2'] },
      more: { scheduler: 'mh' },
      expected: '-s mh -b mh-fallback,mh-port',
    },
    {
      name: 'one that the kernel has not',
      ipvs: { scheduler: 'fo', schedulerFlags: ['flag-3'] },
      more: { missingSchedulers: new Set(['fo']) },
      expected: '-s rr',
    },
  ] as const;
  it.each(schedulers)('$name: $expected', ({ ipvs, more, expected }) => expect(settings(ipvs, more)).toBe(expected));
});

describe('synthetic ports', () => {
  it('are none that the Service declares, nor one of another of its ports', () => {
    const plan = planWith({ virtualServers: [{}, { ...vip, forward: 'local' }] }, { externalTrafficPolicy: 'local' });
    const [port] = plan.ports;
    const others = [32848, 32849].map(number => ({ ...port!, servicePort: { ...port!.servicePort, port: number } }));
    const { claims } = compileIpvsService({ ...plan, ports: [port!, ...others] }, options);
    const ports = claims.map(({ id }) => id).filter(id => id.startsWith('ipvs'));
    expect(new Set(ports).size).toBe(6);
    expect(ports).toContain('ipvs . 10.96.0.1 . tcp . 32850');
  });
});

describe('the order of real servers', () => {
  it('is another one on another node', () => {
    const endpoints = Array.from({ length: 8 }, (_, i) => `10.244.1.${i + 2}:8080`);
    const orderOn = (nodeName: string): string[] =>
      compileIpvsService(servicePlan('d/web', { endpoints }), { ...options, nodeName })
        .claims.at(-1)!
        .entries.map(({ key }) => key);
    expect(orderOn('node-a')).toEqual(orderOn('node-a'));
    expect(orderOn('node-a')).not.toEqual(orderOn('node-b'));
    expect(orderOn('node-a').toSorted()).toEqual(orderOn('node-b').toSorted());
  });
});
