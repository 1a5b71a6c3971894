import * as z from 'zod';
import { formatDuration } from '../duration.ts';
import { checkNotNegative, duration, flag, int32 } from '../field-types.ts';
import type { Report } from '../problem.ts';

const HOUR_MS = 3_600_000;

/** Settings of the node's connection tracking. 0 leaves the kernel's own as it is. */
export const conntrackSchema = z
  .strictObject({
    /** 0: leave the size as it is, `min` does not count then. */
    maxPerCore: int32.default(32 * 1024),
    min: int32.default(128 * 1024),
    tcpEstablishedTimeout: duration.default(24 * HOUR_MS),
    tcpCloseWaitTimeout: duration.default(HOUR_MS),
    tcpBeLiberal: flag,
    udpTimeout: duration.default(0),
    udpStreamTimeout: duration.default(0),
  })
  .transform(({ tcpEstablishedTimeout, tcpCloseWaitTimeout, udpTimeout, udpStreamTimeout, ...conntrack }) => ({
    ...conntrack,
    tcpEstablishedTimeoutMs: tcpEstablishedTimeout,
    tcpCloseWaitTimeoutMs: tcpCloseWaitTimeout,
    udpTimeoutMs: udpTimeout,
    udpStreamTimeoutMs: udpStreamTimeout,
  }));

type Conntrack = Readonly<z.output<typeof conntrackSchema>>;

/** The rules of the section. */
export function checkConntrack(conntrack: Conntrack, report: Report): void {
  checkNotNegative(report, 'conntrack.maxPerCore', conntrack.maxPerCore);
  checkNotNegative(report, 'conntrack.min', conntrack.min);
  checkNotNegative(report, 'conntrack.tcpEstablishedTimeout', conntrack.tcpEstablishedTimeoutMs);
  checkNotNegative(report, 'conntrack.tcpCloseWaitTimeout', conntrack.tcpCloseWaitTimeoutMs);
  checkNotNegative(report, 'conntrack.udpTimeout', conntrack.udpTimeoutMs);
  checkNotNegative(report, 'conntrack.udpStreamTimeout', conntrack.udpStreamTimeoutMs);
}

/** The section as v1alpha1 has it. */
export const formatConntrack = (conntrack: Conntrack) => ({
  maxPerCore: conntrack.maxPerCore,
  min: conntrack.min,
  tcpEstablishedTimeout: formatDuration(conntrack.tcpEstablishedTimeoutMs),
  tcpCloseWaitTimeout: formatDuration(conntrack.tcpCloseWaitTimeoutMs),
  tcpBeLiberal: conntrack.tcpBeLiberal,
  udpTimeout: formatDuration(conntrack.udpTimeoutMs),
  udpStreamTimeout: formatDuration(conntrack.udpStreamTimeoutMs),
});
