import { parseAddress, parseCidr } from '../model/ip.ts';
import { checkFeatureGates } from './feature-gates.ts';
import { checkRange } from './field-types.ts';
import { syncPeriods } from './forwarding-settings.ts';
import { parseHostPort } from './host-port.ts';
import { quote, type FieldProblem, type Report } from './problem.ts';
import { isProxyMode, PROXY_MODES, type Draft } from './schema.ts';
import { checkClientConnection } from './sections/client-connection.ts';
import { checkConntrack } from './sections/conntrack.ts';
import { checkDetectLocal } from './sections/detect-local.ts';
import { checkIptables } from './sections/iptables.ts';
import { checkIpvs } from './sections/ipvs.ts';
import { checkLogging } from './sections/logging.ts';
import { checkNftables } from './sections/nftables.ts';
import { checkSluice } from './sections/sluice.ts';

/**
 * Judges a complete configuration, wherever it comes from, by kube-proxy's rules (pkg/proxy/apis/config/validation).
 * @returns all that is wrong, by full path; empty where nothing is
 */
export function validate(draft: Draft): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  const report: Report = (field, message) => problems.push({ field, message });
  checkMode(draft, report);
  checkSyncPeriods(draft, report);
  checkAddresses(draft, report);
  checkHostname(draft, report);
  checkFeatureGates(draft.featureGates, report);
  checkClientConnection(draft.clientConnection, report);
  checkLogging(draft.logging, report);
  checkIptables(draft.iptables, report);
  if (draft.mode === 'nftables') checkNftables(draft.nftables, report);
  if (draft.mode === 'ipvs') checkIpvs(draft.ipvs, report);
  checkDetectLocal(draft, report);
  checkNodePortAddresses(draft.nodePortAddresses, report);
  checkConntrack(draft.conntrack, report);
  checkSluice(draft.sluice, report);
  checkOthers(draft, report);
  return problems;
}

function checkMode({ mode }: Draft, report: Report): void {
  if (!isProxyMode(mode)) report('mode', `${quote(mode)} is not one of ${PROXY_MODES.join(', ')}`);
}

function checkSyncPeriods(draft: Draft, report: Report): void {
  const { section, syncPeriodMs, minSyncPeriodMs } = syncPeriods(draft);
  if (syncPeriodMs <= 0) report(`${section}.syncPeriod`, 'must be greater than 0');
  if (minSyncPeriodMs < 0) report(`${section}.minSyncPeriod`, 'must not be negative');
  if (minSyncPeriodMs > syncPeriodMs) {
    report(`${section}.minSyncPeriod`, `must not be greater than ${section}.syncPeriod`);
  }
}

function checkAddresses({ bindAddress, healthzBindAddress, metricsBindAddress }: Draft, report: Report): void {
  if (!parseAddress(bindAddress)) report('bindAddress', `${quote(bindAddress)} is no IP address`);
  if (healthzBindAddress !== undefined) checkHostPort('healthzBindAddress', healthzBindAddress, report);
  checkHostPort('metricsBindAddress', metricsBindAddress, report);
}

function checkHostPort(field: string, text: string, report: Report): void {
  if (!parseHostPort(text)) report(field, `${quote(text)} is not IP:port with a port from 1 to 65535`);
}

function checkHostname({ hostnameOverride }: Draft, report: Report): void {
  if (hostnameOverride !== '' && hostnameOverride.trim() === '') report('hostnameOverride', 'must not be blank');
}

/** Since 1.29 the word `primary` may stand for the node's own addresses, alone. */
function checkNodePortAddresses(entries: readonly string[], report: Report): void {
  for (const [i, entry] of entries.entries()) {
    const field = `nodePortAddresses[${i}]`;
    if (entry === 'primary') {
      if (entries.length > 1) report(field, 'primary cannot be together with anything else');
    } else if (!parseCidr(entry)) report(field, `${quote(entry)} is neither a CIDR nor primary`);
  }
}

function checkOthers(draft: Draft, report: Report): void {
  checkRange(report, 'oomScoreAdj', draft.oomScoreAdj, [-1000, 1000]);
  if (draft.configSyncPeriodMs <= 0) report('configSyncPeriod', 'must be greater than 0');
  // Only the form: which version is the previous one depends on the release whose metrics are meant.
  if (!/^(?:\d+\.\d+)?$/.test(draft.showHiddenMetricsForVersion)) {
    report('showHiddenMetricsForVersion', `${quote(draft.showHiddenMetricsForVersion)} is no <major>.<minor>`);
  }
  if (!isPortRange(draft.portRange)) report('portRange', `${quote(draft.portRange)} is no port range, as 300-2000 is`);
}

/** `80`, `80-90`, `80+10`, or nothing (apimachinery, util/net ParsePortRange). */
function isPortRange(text: string): boolean {
  const match = /^(\d{1,5})(?:([-+])(\d{1,5}))?$/.exec(text.trim());
  if (!match) return text.trim() === '';
  const low = Number(match[1]);
  const second = Number(match[3] ?? low);
  const high = match[2] === '+' ? low + second : second;
  return low <= high && high <= 65_535;
}
