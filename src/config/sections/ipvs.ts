import * as z from 'zod';
import { parseCidr } from '../../model/ip.ts';
import { isSchedulerName, parseSchedulerFlags } from '../../model/scheduler-flags.ts';
import { formatDuration } from '../duration.ts';
import {
  checkNotNegative,
  DEFAULT_SYNC_PERIOD_MS,
  duration,
  durationIfSet,
  durationOr,
  flag,
  text,
} from '../field-types.ts';
import { quote, type Report } from '../problem.ts';

const timeout = duration.default(0);

/** Settings of mode ipvs. */
export const ipvsSchema = z
  .strictObject({
    syncPeriod: durationOr(DEFAULT_SYNC_PERIOD_MS),
    minSyncPeriod: durationIfSet,
    /** Empty is rr. The kernel tells which there are, so that no list is kept here. */
    scheduler: text,
    excludeCIDRs: z.array(z.string()).default([]),
    strictARP: flag,
    tcpTimeout: timeout,
    tcpFinTimeout: timeout,
    udpTimeout: timeout,
    // From here on they are sluice's own.
    /** Empty: those that the scheduler has by default. */
    schedulerFlags: z.array(z.string()).default([]),
    /** How long a TCP endpoint that is gone may keep its connections. */
    drainTimeout: timeout,
    sloppyTCP: flag,
    /** In addition to those of the ServiceCIDR API. */
    serviceCIDRs: z.array(z.string()).default([]),
    arpGuard: z.boolean().default(true),
    /** A path, or a name to be found in PATH. */
    ipvsadmPath: z.string().default('ipvsadm'),
    manageForeign: flag,
    /** Whether connections between pods of one bridge are masqueraded; auto: where replies would miss IPVS otherwise. */
    bridgeFallbackSNAT: z.literal([true, false, 'auto']).default('auto'),
    /** Whether Pods and Nodes with the label `sluice/ipvs-weight` are watched. */
    weights: flag,
  })
  .transform(({ syncPeriod, minSyncPeriod, tcpTimeout, tcpFinTimeout, udpTimeout, drainTimeout, ...ipvs }) => ({
    ...ipvs,
    syncPeriodMs: syncPeriod,
    /** Undefined where it is not set. */
    minSyncPeriodMs: minSyncPeriod,
    /** 0 leaves the kernel's own as it is; so for the other two. */
    tcpTimeoutMs: tcpTimeout,
    tcpFinTimeoutMs: tcpFinTimeout,
    udpTimeoutMs: udpTimeout,
    drainTimeoutMs: drainTimeout,
  }));

type IpvsDraft = z.output<typeof ipvsSchema>;
type Lists = 'excludeCIDRs' | 'schedulerFlags' | 'serviceCIDRs';
type Ipvs = Readonly<Omit<IpvsDraft, Lists>> & Readonly<Record<Lists, readonly string[]>>;

/** ipvsadm takes no more for a time-out: 31 days. */
const MAX_TIMEOUT_MS = 31 * 86_400_000;

/** The rules of the section, for mode ipvs. */
export function checkIpvs(ipvs: Ipvs, report: Report): void {
  checkNotNegative(report, 'ipvs.tcpTimeout', ipvs.tcpTimeoutMs);
  checkNotNegative(report, 'ipvs.tcpFinTimeout', ipvs.tcpFinTimeoutMs);
  checkNotNegative(report, 'ipvs.udpTimeout', ipvs.udpTimeoutMs);
  for (const [name, ms] of [
    ['tcpTimeout', ipvs.tcpTimeoutMs],
    ['tcpFinTimeout', ipvs.tcpFinTimeoutMs],
    ['udpTimeout', ipvs.udpTimeoutMs],
  ] as const) {
    if (ms > MAX_TIMEOUT_MS) report(`ipvs.${name}`, 'must not be more than 31 days');
  }
  for (const name of ['excludeCIDRs', 'serviceCIDRs'] as const) {
    for (const [i, cidr] of ipvs[name].entries()) {
      if (!parseCidr(cidr)) report(`ipvs.${name}[${i}]`, `${quote(cidr)} is no CIDR`);
    }
  }
  if (ipvs.scheduler !== '' && !isSchedulerName(ipvs.scheduler))
    report('ipvs.scheduler', `${quote(ipvs.scheduler)} is no name of a scheduler`);
  if (ipvs.schedulerFlags.length && !parseSchedulerFlags(ipvs.schedulerFlags))
    report('ipvs.schedulerFlags', 'are sh-fallback, sh-port, mh-fallback, mh-port, flag-1 to flag-3, or none alone');
  checkNotNegative(report, 'ipvs.drainTimeout', ipvs.drainTimeoutMs);
  if (ipvs.ipvsadmPath === '') report('ipvs.ipvsadmPath', 'must not be empty');
}

/** The fields of kube-proxy as v1alpha1 has them; with those of sluice where they are not all defaults. */
export function formatIpvs(ipvs: Ipvs) {
  const own = formatOwnIpvs(ipvs);
  const isDefault = JSON.stringify(own) === JSON.stringify(formatOwnIpvs(ipvsSchema.parse({})));
  return { ...formatKubeProxyIpvs(ipvs), ...(!isDefault && own) };
}

const formatKubeProxyIpvs = (ipvs: Ipvs) => ({
  syncPeriod: formatDuration(ipvs.syncPeriodMs),
  minSyncPeriod: formatDuration(ipvs.minSyncPeriodMs ?? 0),
  scheduler: ipvs.scheduler,
  excludeCIDRs: ipvs.excludeCIDRs.length > 0 ? [...ipvs.excludeCIDRs] : null,
  strictARP: ipvs.strictARP,
  tcpTimeout: formatDuration(ipvs.tcpTimeoutMs),
  tcpFinTimeout: formatDuration(ipvs.tcpFinTimeoutMs),
  udpTimeout: formatDuration(ipvs.udpTimeoutMs),
});

/** sluice's own fields of the section. */
export const formatOwnIpvs = (ipvs: Ipvs) => ({
  schedulerFlags: [...ipvs.schedulerFlags],
  drainTimeout: formatDuration(ipvs.drainTimeoutMs),
  sloppyTCP: ipvs.sloppyTCP,
  serviceCIDRs: [...ipvs.serviceCIDRs],
  arpGuard: ipvs.arpGuard,
  ipvsadmPath: ipvs.ipvsadmPath,
  manageForeign: ipvs.manageForeign,
  bridgeFallbackSNAT: ipvs.bridgeFallbackSNAT,
  weights: ipvs.weights,
});
