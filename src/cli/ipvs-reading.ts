import { readIpvs, type IpvsReading } from '../backend/ipvs/kernel-difference.ts';
import type { DesiredTable } from '../backend/nftables/desired-table.ts';
import type { Configuration } from '../config/schema.ts';
import { Ipvsadm } from '../kernel/ipvsadm.ts';
import { listLocalRoutes } from '../kernel/local-routes.ts';
import type { Nft } from '../kernel/nft.ts';
import type { Node } from '../kube/types.ts';
import { parseAddress, type Family } from '../model/ip.ts';
import { excludedFrom } from './ipvs-settings.ts';
import type { KernelSettings } from './kernel-settings.ts';

/**
 * What of the kernel mode ipvs has besides nft's tables, as an agent with this configuration would look at it: see forwarding.ts and
 * live-node.ts.
 * @throws Error where it cannot be read
 */
export async function ipvsReading(
  nft: Nft,
  configuration: Configuration,
  node: Node,
  { settings, localAddresses }: KernelSettings,
  tables: ReadonlyMap<Family, DesiredTable>,
): Promise<IpvsReading> {
  const { ipvs } = configuration;
  const { addresses } = settings.view;
  const local = new Set(localAddresses.map(text => parseAddress(text)?.text ?? text));
  const ipvsadm = new Ipvsadm({ path: ipvs.ipvsadmPath });
  try {
    return await readIpvs(tables, {
      nft,
      ipvsadm,
      routes: { list: listLocalRoutes },
      excludeCIDRs: excludedFrom(configuration),
      manageForeign: ipvs.manageForeign,
      drainTimeoutMs: ipvs.drainTimeoutMs,
      arpGuard: ipvs.arpGuard,
      sourceOf: family => {
        const address = addresses[family];
        return address !== undefined && local.has(address) ? address : undefined;
      },
      ownAddresses: family => {
        const told = [addresses[family] ?? [], node.addresses].flat().flatMap(text => parseAddress(text) ?? []);
        return [...new Set(told.filter(address => address.family === family).map(({ text }) => text))];
      },
    });
  } finally {
    ipvsadm.close();
  }
}
