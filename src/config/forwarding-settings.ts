import { DEFAULT_MIN_SYNC_PERIOD_MS } from './field-types.ts';
import type { Configuration, Draft } from './schema.ts';

/** What the mode makes of the sections `iptables`, `ipvs` and `nftables`. */
export interface ForwardingSettings {
  readonly backend: 'nftables' | 'ipvs';
  readonly masqueradeAll: boolean;
  /** Number of the bit of the packet mark: 0 to 31. */
  readonly masqueradeBit: number;
  /** How long after a failure the next attempt is made; /healthz gives up after twice that. */
  readonly syncPeriodMs: number;
  /** Undefined where nobody set it: the quiet period of the section `sluice` counts then. */
  readonly minSyncPeriodMs: number | undefined;
}

/**
 * The settings that the selected mode uses, as kube-proxy picks them: mode iptables has the section `iptables`, also when
 * sluice runs nftables for it; mode ipvs has masquerading from there, too.
 */
export function forwardingSettings({ mode, iptables, ipvs, nftables }: Configuration): ForwardingSettings {
  const masquerading = mode === 'nftables' ? nftables : iptables;
  const sync = { iptables, ipvs, nftables }[mode];
  return {
    backend: mode === 'ipvs' ? 'ipvs' : 'nftables',
    masqueradeAll: masquerading.masqueradeAll,
    masqueradeBit: masquerading.masqueradeBit,
    syncPeriodMs: sync.syncPeriodMs,
    minSyncPeriodMs: sync.minSyncPeriodMs,
  };
}

export interface SyncPeriods {
  /** The section that the mode has its periods from. */
  readonly section: 'iptables' | 'ipvs' | 'nftables';
  readonly syncPeriodMs: number;
  /** kube-proxy's default where it is not set. */
  readonly minSyncPeriodMs: number;
}

/** The periods of the selected mode; a mode that is none counts as nftables. */
export function syncPeriods(draft: Draft): SyncPeriods {
  const section = draft.mode === 'ipvs' || draft.mode === 'iptables' ? draft.mode : 'nftables';
  const { syncPeriodMs, minSyncPeriodMs } = draft[section];
  const fallback = section === 'ipvs' ? 0 : DEFAULT_MIN_SYNC_PERIOD_MS;
  return { section, syncPeriodMs, minSyncPeriodMs: minSyncPeriodMs ?? fallback };
}
