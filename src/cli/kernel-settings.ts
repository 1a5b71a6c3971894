import type { Logger } from 'pino';
import { PROXY_INTERFACE } from '../backend/legacy/remove-ipvs.ts';
import { probeNftables } from '../backend/nftables/probe.ts';
import type { Configuration } from '../config/schema.ts';
import { localAddresses } from '../kernel/addresses.ts';
import { hasIPv6 } from '../kernel/families.ts';
import type { Nft } from '../kernel/nft.ts';
import type { Node } from '../kube/types.ts';
import { FAMILIES, type Family } from '../model/ip.ts';
import { bridgeSubnets } from './bridge-fallback.ts';
import { hasRoutesToClusterIPs } from './forwarding.ts';
import { isIpvs } from './ipvs-settings.ts';
import { nodeSettingsOf, type FamilyNodeSettings, type NodeSettings } from './node-settings.ts';

export interface KernelSettings {
  readonly settings: NodeSettings;
  /** Of all interfaces. */
  readonly localAddresses: readonly string[];
}

export interface KernelSettingsOptions {
  readonly configuration: Configuration;
  readonly node: Node;
  readonly nft: Nft;
  readonly logger: Logger;
}

/**
 * What the configuration and the Node object come to on this host: the same as a node agent that starts here finds out, see run.ts and
 * forwarding.ts. Changes nothing.
 * @throws Error that says what is missing, by name
 */
export async function settingsOfKernel({
  configuration,
  node,
  nft,
  logger,
}: KernelSettingsOptions): Promise<KernelSettings> {
  const families = FAMILIES.filter(family => family === 'ipv4' || hasIPv6());
  if (configuration.detectLocalMode === 'NodeCIDR' && !node.podCIDRs.length)
    throw new Error(`detectLocalMode is NodeCIDR, and the Node ${node.name} has no spec.podCIDRs`);
  const inIpvs = isIpvs(configuration);
  const subnets = inIpvs ? await bridgeSubnets(configuration.ipvs.bridgeFallbackSNAT, families) : undefined;
  const hasLocalClusterIPs = !inIpvs && (await hasRoutesToClusterIPs(families, logger));
  const settingsWith = (hashed: readonly Family[]): NodeSettings => {
    const settings = nodeSettingsOf(configuration, node.name, node, families, hashed, subnets);
    return hasLocalClusterIPs ? withLocalClusterIPs(settings) : settings;
  };
  const probe = await probeNftables(
    nft,
    [...settingsWith([]).families.values()].map(({ ruleset }) => ruleset),
  );
  if (probe.problems.length) throw new Error(`the kernel cannot be compared: ${probe.problems.join('; ')}`);
  return { settings: settingsWith(probe.cannotLearn), localAddresses: await localAddresses(PROXY_INTERFACE) };
}

const withLocalClusterIPs = (settings: NodeSettings): NodeSettings => ({
  ...settings,
  families: new Map(
    [...settings.families].map(([family, one]): [Family, FamilyNodeSettings] => [
      family,
      { ...one, ruleset: { ...one.ruleset, localClusterIPs: true } },
    ]),
  ),
});
