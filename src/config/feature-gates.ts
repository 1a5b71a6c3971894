import type { Report } from './problem.ts';

/** Gates of features that sluice always has; the release in which Kubernetes made them final (pkg/features). */
const LOCKED_ON: ReadonlySet<string> = new Set([
  'LoadBalancerIPMode', // 1.32
  'KubeProxyDrainingTerminatingNodes', // 1.31
  'MultiCIDRServiceAllocator', // 1.33
  'NFTablesProxyMode', // 1.33
  'PreferSameTrafficDistribution', // 1.35
  'ServiceTrafficDistribution', // 1.33
  'TopologyAwareHints', // 1.33
]);

/** On unless it is turned off (1.36, KEP-5707): without it externalIPs of Services count for nothing. */
const EXTERNAL_IPS = 'AllowServiceExternalIPs';

/** Gates that may be turned off; the other two are about pages of the metrics server. */
const SWITCHES: ReadonlySet<string> = new Set([EXTERNAL_IPS, 'ComponentFlagz', 'ComponentStatusz']);

/** Whether externalIPs of Services are forwarded. */
export const allowsExternalIPs = ({ featureGates }: { readonly featureGates: Readonly<Record<string, boolean>> }) =>
  featureGates[EXTERNAL_IPS] !== false;

/** Reports gates that cannot have the value asked for. */
export function checkFeatureGates(gates: Readonly<Record<string, boolean>>, report: Report): void {
  for (const [name, isOn] of Object.entries(gates)) {
    if (!isOn && LOCKED_ON.has(name)) report(`featureGates.${name}`, `${name} cannot be false: it is locked to true`);
  }
}

/**
 * Warns of gates that change nothing. Unlike kube-proxy, which refuses what it does not know: its list is that of all of
 * Kubernetes, and of one release.
 */
export function warnOfFeatureGates(gates: Readonly<Record<string, boolean>>, warn: Report): void {
  for (const name of Object.keys(gates)) {
    if (!LOCKED_ON.has(name) && !SWITCHES.has(name))
      warn(`featureGates.${name}`, `${name} is no gate of sluice and changes nothing`);
  }
}
