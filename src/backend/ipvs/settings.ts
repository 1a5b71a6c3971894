import type { SchedulerFlag } from '../../model/scheduler-flags.ts';
import type { ServicePort } from '../../model/service-port.ts';
import type { VirtualServerSettings } from './schema.ts';

/** kube-proxy's. */
export const DEFAULT_SCHEDULER = 'rr';

/** What all virtual servers have in common, and what a Service may choose otherwise. */
export interface IpvsOptions {
  readonly scheduler: string;
  /** Undefined: those that the scheduler has by default. */
  readonly schedulerFlags: readonly SchedulerFlag[] | undefined;
  /** Schedulers that this kernel turned out not to have; Services that ask for them get the common one. */
  readonly missingSchedulers: ReadonlySet<string>;
  /** Real servers are added in another order on each node. */
  readonly nodeName: string;
}

/** Without the fall-back, sh refuses the clients of an endpoint that drains. */
const DEFAULT_FLAGS: Readonly<Record<string, readonly SchedulerFlag[]>> = { sh: ['flag-1'] };

/** How the connections of a Service port are spread: as its Service asks for, or as all are. */
export function settingsFor(
  { affinityTimeoutSeconds: timeoutSeconds, ipvs }: ServicePort,
  { scheduler: common, schedulerFlags, missingSchedulers }: IpvsOptions,
): VirtualServerSettings {
  const asked = ipvs?.scheduler;
  const scheduler = asked === undefined || missingSchedulers.has(asked) ? common : asked;
  // Flags mean something else to another scheduler.
  const flags = scheduler === common ? schedulerFlags : undefined;
  return {
    scheduler,
    flags:
      (scheduler === (asked ?? common) ? ipvs?.schedulerFlags : undefined) ?? flags ?? DEFAULT_FLAGS[scheduler] ?? [],
    timeoutSeconds,
  };
}
