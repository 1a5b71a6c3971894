import * as z from 'zod';
import { parseCidr } from '../../model/ip.ts';
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
  })
  .transform(({ syncPeriod, minSyncPeriod, tcpTimeout, tcpFinTimeout, udpTimeout, ...ipvs }) => ({
    ...ipvs,
    syncPeriodMs: syncPeriod,
    /** Undefined where it is not set. */
    minSyncPeriodMs: minSyncPeriod,
    /** 0 leaves the kernel's own as it is; so for the other two. */
    tcpTimeoutMs: tcpTimeout,
    tcpFinTimeoutMs: tcpFinTimeout,
    udpTimeoutMs: udpTimeout,
  }));

type IpvsDraft = z.output<typeof ipvsSchema>;
type Ipvs = Readonly<Omit<IpvsDraft, 'excludeCIDRs'>> & { readonly excludeCIDRs: readonly string[] };

/** The rules of the section, for mode ipvs. */
export function checkIpvs(ipvs: Ipvs, report: Report): void {
  checkNotNegative(report, 'ipvs.tcpTimeout', ipvs.tcpTimeoutMs);
  checkNotNegative(report, 'ipvs.tcpFinTimeout', ipvs.tcpFinTimeoutMs);
  checkNotNegative(report, 'ipvs.udpTimeout', ipvs.udpTimeoutMs);
  for (const [i, cidr] of ipvs.excludeCIDRs.entries()) {
    if (!parseCidr(cidr)) report(`ipvs.excludeCIDRs[${i}]`, `${quote(cidr)} is no CIDR`);
  }
}

/** The section as v1alpha1 has it. */
export const formatIpvs = (ipvs: Ipvs) => ({
  syncPeriod: formatDuration(ipvs.syncPeriodMs),
  minSyncPeriod: formatDuration(ipvs.minSyncPeriodMs ?? 0),
  scheduler: ipvs.scheduler,
  excludeCIDRs: ipvs.excludeCIDRs.length > 0 ? [...ipvs.excludeCIDRs] : null,
  strictARP: ipvs.strictARP,
  tcpTimeout: formatDuration(ipvs.tcpTimeoutMs),
  tcpFinTimeout: formatDuration(ipvs.tcpFinTimeoutMs),
  udpTimeout: formatDuration(ipvs.udpTimeoutMs),
});
