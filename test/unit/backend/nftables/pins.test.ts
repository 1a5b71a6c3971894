import { describe, expect, it } from 'vitest';
import { pinKeys, pinsOf, stalePins, type Pin } from '../../../../src/backend/nftables/pins.ts';
import { Suspects } from '../../../../src/backend/suspects.ts';
import type { ServicePlan } from '../../../../src/plan/types.ts';
import { servicePlan, type PlanOptions } from '../../../support/plans.ts';

function plan(options: PlanOptions = {}, affinityTimeoutSeconds: number | undefined = 10_800): ServicePlan {
  const { ports, ...rest } = servicePlan('d/web', options);
  return {
    ...rest,
    ports: ports.map(port => ({ ...port, servicePort: { ...port.servicePort, affinityTimeoutSeconds } })),
  };
}

describe('pinKeys', () => {
  it.each<{ name: string; plan: ServicePlan; keys: Record<string, readonly string[]> }>([
    {
      name: 'one for each policy, with the real servers that it may choose',
      plan: plan(),
      keys: {
        'tcp 2656 . 1 . 80': ['10.244.1.2 . 8080', '10.244.2.3 . 8080'],
        'tcp 2656 . 1 . 65616': ['10.244.1.2 . 8080'],
      },
    },
    { name: 'none without affinity', plan: servicePlan('d/web'), keys: {} },
    {
      name: 'without real servers: nobody may be kept',
      plan: plan({ endpoints: [], protocol: 'UDP' }),
      keys: { 'udp 2656 . 1 . 80': [], 'udp 2656 . 1 . 65616': [] },
    },
    {
      name: 'IPv6 addresses have no brackets',
      plan: plan({ family: 'ipv6', endpoints: ['[fd00:10:244::3]:8080'] }),
      keys: {
        'tcp 1493809200 . 1756499408 . 80': ['fd00:10:244::3 . 8080'],
        'tcp 1493809200 . 1756499408 . 65616': [],
      },
    },
  ])('$name', ({ plan, keys }) => {
    expect(Object.fromEntries(pinKeys(plan))).toEqual(keys);
  });
});

describe('pinsOf', () => {
  it('takes what one map tells', () => {
    expect(pinsOf([new Map([['1 . 2 . 80 . 192.0.2.1', '10.244.1.2 . 8080']])])).toEqual([
      { key: '1 . 2 . 80 . 192.0.2.1', value: '10.244.1.2 . 8080' },
    ]);
  });

  it('puts address and port together; what one map lacks makes no real server', () => {
    const addresses = new Map([
      ['1 . 2 . 80 . 7', 'fd00::2'],
      ['1 . 2 . 80 . 8', 'fd00::3'],
    ]);
    const ports = new Map([
      ['1 . 2 . 80 . 7', '8080'],
      ['1 . 2 . 80 . 9', '8080'],
    ]);
    expect(pinsOf([addresses, ports])).toEqual([
      { key: '1 . 2 . 80 . 7', value: 'fd00::2 . 8080' },
      { key: '1 . 2 . 80 . 8', value: 'fd00::3 . ' },
      { key: '1 . 2 . 80 . 9', value: ' . 8080' },
    ]);
  });
});

describe('stalePins', () => {
  const pin = (key: string, value: string): Pin => ({ key: `${key} . 192.168.100.9`, value });
  const ours = pin('2656 . 1 . 80', '10.244.1.2 . 8080');
  const toGone = pin('2656 . 1 . 80', '10.244.9.9 . 8080');
  const remoteUnderLocal = pin('2656 . 1 . 65616', '10.244.2.3 . 8080');
  const ofOthers = pin('2656 . 99 . 80', '10.244.1.2 . 8080');
  const KEY = 'tcp 2656 . 1 . 80';
  const cases: readonly {
    readonly name: string;
    readonly pins: readonly Pin[];
    readonly keys: readonly string[];
    readonly all?: true;
    readonly l4?: 'tcp' | 'udp';
    readonly stale: readonly Pin[];
  }[] = [
    { name: 'a pin to a real server stays', pins: [ours], keys: [KEY], stale: [] },
    { name: 'one to a real server that is gone goes', pins: [ours, toGone], keys: [KEY], stale: [toGone] },
    { name: 'at keys that nobody asks about nothing is looked at', pins: [toGone], keys: [], stale: [] },
    {
      name: 'each policy has real servers of its own',
      pins: [remoteUnderLocal],
      keys: ['tcp 2656 . 1 . 65616'],
      stale: [remoteUnderLocal],
    },
    { name: 'of another protocol it is another service port', pins: [toGone], keys: [KEY], l4: 'udp', stale: [] },
    {
      name: 'pins of a Service that nobody knows stay, unless all are looked at',
      pins: [ofOthers],
      keys: [KEY],
      stale: [],
    },
    { name: 'and go then', pins: [ours, ofOthers, toGone], keys: [], all: true, stale: [ofOthers, toGone] },
  ];
  it.each(cases)('$name', ({ pins, keys, all = false, l4 = 'tcp', stale }) => {
    const suspects = new Suspects(pinKeys);
    suspects.record('d/web', plan());
    expect(stalePins(pins, l4, suspects, keys, all)).toEqual(stale.map(({ key }) => key));
  });

  it('of a service port that is gone all pins go', () => {
    const suspects = new Suspects(pinKeys);
    suspects.record('d/web', plan());
    suspects.settle(suspects.suspects());
    suspects.record('d/web', undefined);
    expect(suspects.suspects()).toEqual([KEY, 'tcp 2656 . 1 . 65616']);
    expect(stalePins([ours, ofOthers], 'tcp', suspects, suspects.suspects(), false)).toEqual([ours.key]);
  });
});
