import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { localAddresses } from '../../../src/kernel/addresses.ts';
import { FakePrograms } from '../../fakes/fake-programs.ts';

describe('localAddresses', () => {
  let programs: FakePrograms;
  beforeEach(() => {
    programs = new FakePrograms();
    vi.stubEnv('PATH', programs.searchPath);
    programs.add('ip', 'cat "$folder/printed"');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    programs[Symbol.dispose]();
  });

  // As iproute2 6.1 prints it: an interface that is down, and one without any address.
  const LINKS = JSON.stringify([
    {
      ifindex: 1,
      ifname: 'lo',
      operstate: 'UNKNOWN',
      addr_info: [
        { family: 'inet', local: '127.0.0.1', prefixlen: 8, scope: 'host', label: 'lo' },
        { family: 'inet6', local: '::1', prefixlen: 128, scope: 'host', noprefixroute: true },
      ],
    },
    {
      ifindex: 2,
      ifname: 'dummy0',
      operstate: 'DOWN',
      addr_info: [{ family: 'inet', local: '192.168.100.1', prefixlen: 24 }],
    },
    { ifindex: 3, ifname: 'cni0', operstate: 'UP', addr_info: [] },
    {
      ifindex: 4,
      ifname: 'eth0',
      operstate: 'UP',
      addr_info: [{ family: 'inet6', local: 'fe80::1', prefixlen: 64 }, {}],
    },
    {
      ifindex: 5,
      ifname: 'ppp0',
      addr_info: [{ family: 'inet', local: '10.9.9.1', address: '10.9.9.2', prefixlen: 32 }],
    },
    {},
  ]);

  it.each([
    {
      name: 'all addresses, of interfaces that are down, too',
      printed: LINKS,
      addresses: ['127.0.0.1', '::1', '192.168.100.1', 'fe80::1', '10.9.9.1'],
    },
    { name: 'none', printed: '[]', addresses: [] },
    {
      name: 'all but those of an interface that does not count',
      printed: LINKS,
      without: 'ppp0',
      addresses: ['127.0.0.1', '::1', '192.168.100.1', 'fe80::1'],
    },
  ])('$name', async ({ printed, addresses, without }) => {
    programs.write('printed', printed);
    expect(await localAddresses(without)).toEqual(addresses);
    expect(programs.calls).toEqual(['ip -j address show']);
  });

  it('throws where ip prints no JSON, fails, or is not there', async () => {
    programs.write('printed', '1: lo: <LOOPBACK,UP>');
    await expect(localAddresses()).rejects.toThrow(SyntaxError);
    programs.add('ip', 'echo "Cannot open netlink socket: Operation not permitted" >&2; exit 1');
    await expect(localAddresses()).rejects.toThrow('Operation not permitted');
    vi.stubEnv('PATH', '/nowhere');
    await expect(localAddresses()).rejects.toMatchObject({ isMissing: true });
  });
});
