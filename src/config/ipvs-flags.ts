import { flagsOf, type ConfigurationFlag } from './flag-definition.ts';

const ipvs = flagsOf('IPVS');
const TIMEOUT = '0 (default) leaves it as it is';

/** Flags that count in mode ipvs only. */
export const IPVS_FLAGS: readonly ConfigurationFlag[] = [
  ipvs(
    'duration',
    'ipvs-sync-period',
    'ipvs.syncPeriod',
    'time until a failed change is tried again (default 30s)',
    (draft, ms) => {
      if (draft.mode === 'ipvs') draft.ipvs.syncPeriodMs = ms;
    },
  ),
  ipvs('duration', 'ipvs-min-sync-period', 'ipvs.minSyncPeriod', 'least time between two changes', (draft, ms) => {
    if (draft.mode === 'ipvs') draft.ipvs.minSyncPeriodMs = ms;
  }),
  ipvs('string', 'ipvs-scheduler', 'ipvs.scheduler', 'how an endpoint is chosen (default rr)', (draft, scheduler) => {
    draft.ipvs.scheduler = scheduler;
  }),
  ipvs(
    'list',
    'ipvs-exclude-cidrs',
    'ipvs.excludeCIDRs',
    'virtual servers in these CIDRs are left alone when cleaning up',
    (draft, cidrs) => {
      draft.ipvs.excludeCIDRs = [...cidrs];
    },
  ),
  ipvs('boolean', 'ipvs-strict-arp', 'ipvs.strictARP', 'set arp_ignore to 1 and arp_announce to 2', (draft, on) => {
    draft.ipvs.strictARP = on;
  }),
  ipvs(
    'duration',
    'ipvs-tcp-timeout',
    'ipvs.tcpTimeout',
    `time-out of idle TCP connections; ${TIMEOUT}`,
    (draft, ms) => {
      draft.ipvs.tcpTimeoutMs = ms;
    },
  ),
  ipvs(
    'duration',
    'ipvs-tcpfin-timeout',
    'ipvs.tcpFinTimeout',
    `time-out of TCP connections after a FIN; ${TIMEOUT}`,
    (draft, ms) => {
      draft.ipvs.tcpFinTimeoutMs = ms;
    },
  ),
  ipvs('duration', 'ipvs-udp-timeout', 'ipvs.udpTimeout', `time-out of UDP; ${TIMEOUT}`, (draft, ms) => {
    draft.ipvs.udpTimeoutMs = ms;
  }),
];
