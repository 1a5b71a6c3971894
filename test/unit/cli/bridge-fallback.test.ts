import { describe, expect, it } from 'vitest';
import { bridgeSubnets } from '../../../src/cli/bridge-fallback.ts';
import { FAMILIES, type Family } from '../../../src/model/ip.ts';

const ADDRESSES = ['10.244.1.1/24', '10.244.1.2/32', 'fd00:10:244:1::1/64', 'fe80::1/64', '172.17.0.1/16'];
const IPV4 = ['172.17.0.0/16', '10.244.1.0/24'];
const IPV6 = ['fd00:10:244:1::/64'];

describe('bridgeSubnets', () => {
  it.each<{
    name: string;
    setting: boolean | 'auto';
    asks?: readonly Family[];
    found: Partial<Record<Family, string[]>>;
  }>([
    { name: 'where bridges ask nobody', setting: 'auto', found: { ipv4: IPV4, ipv6: IPV6 } },
    { name: 'by family', setting: 'auto', asks: ['ipv4'], found: { ipv6: IPV6 } },
    { name: 'not where bridges show what they hand on', setting: 'auto', asks: FAMILIES, found: {} },
    { name: 'always, if told to', setting: true, asks: FAMILIES, found: { ipv4: IPV4, ipv6: IPV6 } },
    { name: 'never, if told to', setting: false, found: {} },
  ])('$name', async ({ setting, asks = [], found }) => {
    const subnets = await bridgeSubnets(setting, FAMILIES, {
      addresses: () => Promise.resolve(ADDRESSES),
      askHooks: family => Promise.resolve(asks.includes(family)),
    });
    expect(Object.fromEntries(subnets)).toEqual(found);
  });

  it('has none where there is no bridge', async () => {
    const none = { addresses: () => Promise.resolve([]), askHooks: () => Promise.resolve(false) };
    expect((await bridgeSubnets('auto', FAMILIES, none)).size).toBe(0);
  });
});
