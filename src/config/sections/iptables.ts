import * as z from 'zod';
import { formatDuration } from '../duration.ts';
import {
  checkRange,
  DEFAULT_MASQUERADE_BIT,
  DEFAULT_SYNC_PERIOD_MS,
  durationIfSet,
  durationOr,
  flag,
  int32,
  MASQUERADE_BITS,
} from '../field-types.ts';
import type { Report } from '../problem.ts';

/** Settings of kube-proxy's iptables mode; its masquerading is also that of mode ipvs. */
export const iptablesSchema = z
  .strictObject({
    masqueradeBit: int32.default(DEFAULT_MASQUERADE_BIT),
    masqueradeAll: flag,
    localhostNodePorts: z.boolean().default(true),
    syncPeriod: durationOr(DEFAULT_SYNC_PERIOD_MS),
    minSyncPeriod: durationIfSet,
  })
  .transform(({ syncPeriod, minSyncPeriod, ...iptables }) => ({
    ...iptables,
    syncPeriodMs: syncPeriod,
    /** Undefined where it is not set: kube-proxy's default of a second is no wish of the operator. */
    minSyncPeriodMs: minSyncPeriod,
  }));

type Iptables = Readonly<z.output<typeof iptablesSchema>>;

/** kube-proxy checks the bit in every mode. */
export const checkIptables = ({ masqueradeBit }: Iptables, report: Report): void =>
  checkRange(report, 'iptables.masqueradeBit', masqueradeBit, MASQUERADE_BITS);

/**
 * The section as v1alpha1 has it.
 * @param unsetMs what stands for a minSyncPeriod that is not set
 */
export const formatIptables = (iptables: Iptables, unsetMs: number) => ({
  masqueradeBit: iptables.masqueradeBit,
  masqueradeAll: iptables.masqueradeAll,
  localhostNodePorts: iptables.localhostNodePorts,
  syncPeriod: formatDuration(iptables.syncPeriodMs),
  minSyncPeriod: formatDuration(iptables.minSyncPeriodMs ?? unsetMs),
});
