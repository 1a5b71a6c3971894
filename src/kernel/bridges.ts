import { runCommand } from './command.ts';
import { readSysctl } from './sysctl.ts';

const SYSCTL = { ipv4: 'net/bridge/bridge-nf-call-iptables', ipv6: 'net/bridge/bridge-nf-call-ip6tables' } as const;

/**
 * Whether bridges of this network namespace show packets that they hand from port to port to nft and connection tracking. They do not where
 * the module br_netfilter is not loaded.
 */
export const bridgesAskHooks = async (family: 'ipv4' | 'ipv6'): Promise<boolean> =>
  (await readSysctl(SYSCTL[family]).catch(() => 0)) === 1;

/** The addresses of all bridges with their prefixes, as `10.244.1.1/24`. @throws CommandError */
export async function bridgeAddresses(): Promise<readonly string[]> {
  const printed = await runCommand('ip', ['-j', 'address', 'show', 'type', 'bridge'], { timeoutMs: 10_000 });
  // It prints nothing at all, or empty objects, where there is none.
  const links = JSON.parse(printed.trim() || '[]') as readonly {
    readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number }[];
  }[];
  return links.flatMap(({ addr_info: addresses = [] }) =>
    addresses.flatMap(({ local, prefixlen }) =>
      local === undefined || prefixlen === undefined ? [] : `${local}/${prefixlen}`,
    ),
  );
}
