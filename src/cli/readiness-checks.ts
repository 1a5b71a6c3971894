import type { ReflectorStatus } from '../kube/reflector-observer.ts';
import type { HealthState } from '../telemetry/health-state.ts';
import type { KernelFreshness } from '../telemetry/kernel-freshness.ts';
import type { ReadinessCheck } from '../telemetry/readiness.ts';

interface Subjects {
  /** Of the reflectors that were started so far. */
  readonly reflectors: () => readonly ReflectorStatus[];
  readonly health: HealthState;
  readonly kernel: KernelFreshness;
}

/** What is watched; ServiceCIDRs count as known where the API server has none. */
const RESOURCES = ['nodes', 'services', 'endpointslices', 'servicecidrs'];

/**
 * What has to be right for this node to forward Services. Losing the API server later on does not count: the kernel serves on. Nor does one
 * Service that the kernel refuses, as all others are served; `sluice_quarantined_services` tells of it.
 */
export function readinessChecks({ reflectors, health, kernel }: Subjects): ReadinessCheck[] {
  return [
    ...RESOURCES.map(resource => ({
      name: `${resource}-synced`,
      problem: () => notSynced(reflectors().find(status => status.resource === resource)),
    })),
    { name: 'kernel-compared', problem: () => kernel.problem() },
    {
      name: 'changes-programmed',
      problem: () => (health.isHealthy() ? undefined : 'a change has been waiting for longer than two sync periods'),
    },
  ];
}

/** Failures by number only: their text may name addresses. */
function notSynced(status: ReflectorStatus | undefined): string | undefined {
  if (!status) return 'not asked for yet';
  if (status.hasSynced) return undefined;
  const failures = status.failures ? `; ${status.failures} requests in a row failed` : '';
  return `no full state received yet${failures}`;
}
