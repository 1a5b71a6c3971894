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

/** Settings of mode nftables. */
export const nftablesSchema = z
  .strictObject({
    masqueradeBit: int32.default(DEFAULT_MASQUERADE_BIT),
    masqueradeAll: flag,
    syncPeriod: durationOr(DEFAULT_SYNC_PERIOD_MS),
    minSyncPeriod: durationIfSet,
  })
  .transform(({ syncPeriod, minSyncPeriod, ...nftables }) => ({
    ...nftables,
    syncPeriodMs: syncPeriod,
    /** Undefined where it is not set: sluice then has its own quiet period instead of kube-proxy's second. */
    minSyncPeriodMs: minSyncPeriod,
  }));

type Nftables = Readonly<z.output<typeof nftablesSchema>>;

/** The rules of the section, for mode nftables. */
export const checkNftables = ({ masqueradeBit }: Nftables, report: Report): void =>
  checkRange(report, 'nftables.masqueradeBit', masqueradeBit, MASQUERADE_BITS);

/**
 * The section as v1alpha1 has it.
 * @param unsetMs what stands for a minSyncPeriod that is not set
 */
export const formatNftables = (nftables: Nftables, unsetMs: number) => ({
  masqueradeBit: nftables.masqueradeBit,
  masqueradeAll: nftables.masqueradeAll,
  syncPeriod: formatDuration(nftables.syncPeriodMs),
  minSyncPeriod: formatDuration(nftables.minSyncPeriodMs ?? unsetMs),
});
