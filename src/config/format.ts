import { stringify } from 'yaml';
import { formatDuration } from './duration.ts';
import { DEFAULT_MIN_SYNC_PERIOD_MS } from './field-types.ts';
import { API_VERSION, GROUP, KIND, type Configuration } from './schema.ts';
import { formatClientConnection } from './sections/client-connection.ts';
import { formatConntrack } from './sections/conntrack.ts';
import { formatDetectLocal } from './sections/detect-local.ts';
import { formatIptables } from './sections/iptables.ts';
import { formatIpvs } from './sections/ipvs.ts';
import { formatLogging } from './sections/logging.ts';
import { formatNftables } from './sections/nftables.ts';
import { formatSluice, sluiceSchema } from './sections/sluice.ts';
import { formatWinkernel } from './sections/winkernel.ts';

/** Zero is read as unset, by kube-proxy and by sluice, so that a file that was written means the same when it is read. */
const UNSET_IN_FILES_MS = 0;

/**
 * The configuration as a KubeProxyConfiguration of v1alpha1: all fields in the order of the API's type, durations as Go
 * writes them. Fields that the API leaves out when empty are left out.
 * @param unsetMs what stands for a minSyncPeriod that is not set: kube-proxy's default, unless told otherwise
 */
export const toV1alpha1 = (configuration: Configuration, unsetMs = DEFAULT_MIN_SYNC_PERIOD_MS) => ({
  kind: KIND,
  apiVersion: API_VERSION,
  ...(Object.keys(configuration.featureGates).length > 0 && { featureGates: { ...configuration.featureGates } }),
  clientConnection: formatClientConnection(configuration.clientConnection),
  logging: formatLogging(configuration.logging),
  hostnameOverride: configuration.hostnameOverride,
  bindAddress: configuration.bindAddress,
  healthzBindAddress: configuration.healthzBindAddress ?? '',
  metricsBindAddress: configuration.metricsBindAddress,
  bindAddressHardFail: configuration.bindAddressHardFail,
  enableProfiling: configuration.enableProfiling,
  showHiddenMetricsForVersion: configuration.showHiddenMetricsForVersion,
  mode: configuration.mode,
  iptables: formatIptables(configuration.iptables, unsetMs),
  ipvs: formatIpvs(configuration.ipvs),
  nftables: formatNftables(configuration.nftables, unsetMs),
  winkernel: formatWinkernel(configuration.winkernel),
  detectLocalMode: configuration.detectLocalMode,
  detectLocal: formatDetectLocal(configuration.detectLocal),
  clusterCIDR: configuration.clusterCIDR,
  nodePortAddresses: configuration.nodePortAddresses.length > 0 ? [...configuration.nodePortAddresses] : null,
  oomScoreAdj: configuration.oomScoreAdj,
  conntrack: formatConntrack(configuration.conntrack),
  configSyncPeriod: formatDuration(configuration.configSyncPeriodMs),
  portRange: configuration.portRange,
  ...(configuration.windowsRunAsService && { windowsRunAsService: true }),
});

/** The answer of /configz: the configuration under the name of its group. */
export const toConfigz = (configuration: Configuration) => ({ [GROUP]: toV1alpha1(configuration) });

/**
 * The text of a file that --config would read, for --write-config-to; keys are sorted, as kube-proxy writes them. sluice's
 * own section is in it only where it is not all defaults, so that kube-proxy reads the file without a warning.
 */
export function toYaml(configuration: Configuration): string {
  const sluice = formatSluice(configuration.sluice);
  const isDefault = JSON.stringify(sluice) === JSON.stringify(formatSluice(sluiceSchema.parse({})));
  return stringify(
    { ...toV1alpha1(configuration, UNSET_IN_FILES_MS), ...(!isDefault && { sluice }) },
    // Plain words such as `on` would be booleans to kube-proxy.
    { sortMapEntries: true, version: '1.1', lineWidth: 0 },
  );
}
