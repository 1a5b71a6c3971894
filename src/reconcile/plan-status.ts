import type { Problem } from '../kube/types.ts';
import { FAMILIES, type Family } from '../model/ip.ts';
import type { ServicePlan, ServicePortPlan } from '../plan/types.ts';

/** What a health check server of a Service tells. */
export interface HealthCheck {
  readonly port: number;
  readonly localEndpoints: number;
}

interface Facts {
  readonly internal: number;
  readonly external: number;
  readonly healthCheck: HealthCheck | undefined;
  readonly problems: readonly Problem[];
}

/** Facts about the plans in effect, kept up to date by service, so that telling them costs nothing at any size. */
export class PlanStatus {
  readonly #facts: Record<Family, Map<string, Facts>> = { ipv4: new Map(), ipv6: new Map() };
  readonly #noLocal: Record<Family, { internal: number; external: number }> = {
    ipv4: { internal: 0, external: 0 },
    ipv6: { internal: 0, external: 0 },
  };

  /**
   * Notes the plan of a Service; undefined: it is gone.
   * @returns the problems that were not there before
   */
  record(family: Family, owner: string, plan: ServicePlan | undefined): readonly Problem[] {
    const before = this.#facts[family].get(owner);
    const now = plan && factsOf(plan);
    const totals = this.#noLocal[family];
    totals.internal += (now?.internal ?? 0) - (before?.internal ?? 0);
    totals.external += (now?.external ?? 0) - (before?.external ?? 0);
    if (now && isWorthKeeping(now)) this.#facts[family].set(owner, now);
    else this.#facts[family].delete(owner);
    return now?.problems.filter(problem => !before?.problems.some(known => isSame(known, problem))) ?? [];
  }

  /** Service ports with endpoints, none of which is on this node although a policy Local asks for one. */
  noLocalEndpoints(family: Family): { readonly internal: number; readonly external: number } {
    return this.#noLocal[family];
  }

  /** The health check servers that a family should have, by `ns/name`. */
  healthChecks(family: Family): Map<string, HealthCheck> {
    const checks = new Map<string, HealthCheck>();
    for (const [owner, { healthCheck }] of this.#facts[family]) if (healthCheck) checks.set(owner, healthCheck);
    return checks;
  }

  /** Problems of objects, each once. */
  problems(): Problem[] {
    const all = FAMILIES.flatMap(family => [...this.#facts[family].values()].flatMap(({ problems }) => problems));
    return all.filter((problem, i) => all.findIndex(other => isSame(other, problem)) === i);
  }
}

function factsOf(plan: ServicePlan): Facts {
  const { healthCheckNodePort: port, localReadyEndpoints: localEndpoints } = plan;
  return {
    internal: plan.ports.filter(lacksLocal('internalTrafficPolicy')).length,
    external: plan.ports.filter(lacksLocal('externalTrafficPolicy')).length,
    healthCheck: port ? { port, localEndpoints } : undefined,
    problems: plan.problems,
  };
}

/** kube-proxy's metric sync_proxy_rules_no_local_endpoints_total counts so. */
const lacksLocal =
  (policy: 'internalTrafficPolicy' | 'externalTrafficPolicy') =>
  ({ servicePort, hasEndpoints, localEndpoints }: ServicePortPlan): boolean =>
    servicePort[policy] === 'local' && hasEndpoints && localEndpoints.length === 0;

const isWorthKeeping = ({ internal, external, healthCheck, problems }: Facts): boolean =>
  internal > 0 || external > 0 || healthCheck !== undefined || problems.length > 0;

const isSame = (a: Problem, b: Problem): boolean =>
  a.object === b.object && a.field === b.field && a.message === b.message;
