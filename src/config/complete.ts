import { formatCidr, parseAddress, parseCidr } from '../model/ip.ts';
import { warnOfFeatureGates } from './feature-gates.ts';
import { deepFreeze } from './frozen.ts';
import { canonicalHostPort } from './host-port.ts';
import { quote, type Report } from './problem.ts';
import { isProxyMode, type Configuration, type Draft } from './schema.ts';
import { isLocalMode } from './sections/detect-local.ts';
import { warnOfWinkernel } from './sections/winkernel.ts';

/**
 * Puts in what depends on the mode (kube-proxy's platformApplyDefaults), and warns of what will not be as it seems.
 * @param draft is changed
 */
export function applyModeDefaults(draft: Draft, warn: Report): void {
  const isUnset = draft.mode === '';
  if (isUnset) draft.mode = 'nftables';
  if (draft.detectLocalMode === '') draft.detectLocalMode = 'ClusterCIDR';
  if (draft.mode === 'iptables')
    warn('mode', 'sluice has no iptables: it runs nftables with the settings for iptables');
  if (draft.mode === 'nftables' && draft.nodePortAddresses.length === 0) {
    draft.nodePortAddresses = ['primary'];
    if (isUnset) {
      const message = 'not set, nor is mode: NodePorts are at the primary addresses of the node, and nowhere else';
      warn('nodePortAddresses', message);
    }
  }
  warnOfIgnored(draft, warn);
}

function warnOfIgnored(draft: Draft, warn: Report): void {
  warnOfFeatureGates(draft.featureGates, warn);
  warnOfWinkernel(draft.winkernel, warn);
  if (draft.windowsRunAsService) warn('windowsRunAsService', 'is ignored: it is for Windows');
  if (draft.portRange !== '') warn('portRange', `${quote(draft.portRange)} is ignored: it was for the userspace mode`);
  if (draft.mode !== 'nftables') return;
  const { iptables, nftables } = draft;
  if (iptables.masqueradeAll && !nftables.masqueradeAll) {
    warn('iptables.masqueradeAll', 'is not used in mode nftables: nftables.masqueradeAll is');
  }
  // Equal to the default: nobody asked for it.
  if (iptables.masqueradeBit !== 14 && iptables.masqueradeBit !== nftables.masqueradeBit) {
    warn('iptables.masqueradeBit', 'is not used in mode nftables: nftables.masqueradeBit is');
  }
}

/**
 * Makes a draft without problems the configuration in effect: canonical and frozen.
 * @param draft valid by validate.ts; not to be used any more
 */
export function toConfiguration(draft: Draft): Configuration {
  const { mode, detectLocalMode, healthzBindAddress } = draft;
  if (!isProxyMode(mode) || !isLocalMode(detectLocalMode)) throw new TypeError('the draft was not validated');
  const configuration: Configuration = {
    ...draft,
    mode,
    detectLocalMode,
    bindAddress: parseAddress(draft.bindAddress)?.text ?? draft.bindAddress,
    healthzBindAddress: healthzBindAddress === undefined ? undefined : canonicalHostPort(healthzBindAddress),
    metricsBindAddress: canonicalHostPort(draft.metricsBindAddress),
    clusterCIDR: draft.clusterCIDR.split(',').map(canonicalCidr).join(','),
    nodePortAddresses: draft.nodePortAddresses.map(canonicalCidr),
    ipvs: {
      ...draft.ipvs,
      excludeCIDRs: draft.ipvs.excludeCIDRs.map(canonicalCidr),
      serviceCIDRs: draft.ipvs.serviceCIDRs.map(canonicalCidr),
    },
  };
  deepFreeze(configuration);
  return configuration;
}

/** Words, and what is not used in this mode and was not judged, stay as they are. */
function canonicalCidr(text: string): string {
  const cidr = parseCidr(text);
  return cidr ? formatCidr(cidr) : text;
}
