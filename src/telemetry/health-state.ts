import { FAMILIES, familyLabel } from '../model/ip.ts';
import type { Family } from '../model/ip.ts';

export interface FamilyHealthBody {
  readonly lastUpdated: string;
  readonly healthy: boolean;
}

/** As kube-proxy's ProxyHealth, its fields in the same order; times are RFC 3339 in UTC. */
export interface HealthBody {
  readonly lastUpdated: string;
  readonly currentTime: string;
  /** In answers of /healthz only. */
  readonly nodeEligible?: boolean;
  readonly healthy: boolean;
  /** Families that have been updated; missing while there are none. */
  readonly status?: Partial<Record<'IPv4' | 'IPv6', FamilyHealthBody>>;
}

export interface HealthAnswer {
  readonly status: 200 | 503;
  readonly body: HealthBody;
}

export interface HealthStateOptions {
  /** `2 x syncPeriod`, as kube-proxy: so long may a change wait to be programmed. */
  readonly healthTimeoutMs: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** How Go writes a time that was never set. */
const NEVER = '0001-01-01T00:00:00Z';

/**
 * The health of the proxy (pkg/proxy/healthcheck/proxy_health.go): a family is unhealthy while a change has waited for
 * healthTimeout or longer. That nothing changes for long is no sign of illness, and a family that was never updated is
 * not judged. The node's eligibility counts for /healthz only.
 */
export class HealthState {
  /** As in {@link HealthStateOptions}. */
  healthTimeoutMs: number;
  readonly #now: () => number;
  readonly #lastUpdatedMs = new Map<Family, number>();
  readonly #oldestPendingMs = new Map<Family, number>();
  #nodeIsEligible = false;

  constructor({ healthTimeoutMs, now }: HealthStateOptions) {
    this.healthTimeoutMs = healthTimeoutMs;
    this.#now = now;
  }

  /** A change of the family has been received and is to be programmed. */
  queuedUpdate(family: Family): void {
    if (!this.#oldestPendingMs.has(family)) this.#oldestPendingMs.set(family, this.#now());
  }

  /** All changes of the family are programmed. Also to be called once when the sync loop starts. */
  updated(family: Family): void {
    this.#oldestPendingMs.delete(family);
    this.#lastUpdatedMs.set(family, this.#now());
  }

  /** Whether load balancers may choose this node. It may not while it is unknown, deleted, or about to be deleted. */
  setNodeEligible(isEligible: boolean): void {
    this.#nodeIsEligible = isEligible;
  }

  /** Whether all families are healthy, whatever the node: what healthCheckNodePorts tell of the proxy. */
  isHealthy(): boolean {
    const nowMs = this.#now();
    return FAMILIES.every(family => this.#isFamilyHealthy(family, nowMs));
  }

  /** The answer of /livez. */
  livez(): HealthAnswer {
    return this.#answer(undefined);
  }

  /** The answer of /healthz. */
  healthz(): HealthAnswer {
    return this.#answer(this.#nodeIsEligible);
  }

  #isFamilyHealthy(family: Family, nowMs: number): boolean {
    const pendingMs = this.#oldestPendingMs.get(family);
    if (pendingMs === undefined || !this.#lastUpdatedMs.has(family)) return true;
    return nowMs - pendingMs < this.healthTimeoutMs;
  }

  #answer(nodeEligible: boolean | undefined): HealthAnswer {
    const nowMs = this.#now();
    const updated = FAMILIES.filter(family => this.#lastUpdatedMs.has(family));
    const healthy = updated.every(family => this.#isFamilyHealthy(family, nowMs));
    const status = healthy && nodeEligible !== false ? 200 : 503;
    const statusOf = (family: Family): [string, FamilyHealthBody] => [
      familyLabel[family],
      {
        lastUpdated: formatTime(this.#lastUpdatedMs.get(family)),
        healthy: this.#isFamilyHealthy(family, nowMs),
      },
    ];
    return {
      status,
      body: {
        // Old releases told when the sync loop last ran, even if nothing had changed: "now" keeps that meaning.
        lastUpdated: formatTime(status === 200 ? nowMs : this.#newestUpdateMs()),
        currentTime: formatTime(nowMs),
        ...(nodeEligible !== undefined && { nodeEligible }),
        healthy,
        ...(updated.length > 0 && { status: Object.fromEntries(updated.map(statusOf)) }),
      },
    };
  }

  #newestUpdateMs(): number | undefined {
    return this.#lastUpdatedMs.size === 0 ? undefined : Math.max(...this.#lastUpdatedMs.values());
  }
}

/** Go's RFC3339Nano: a fraction only where there is one, without zeros at its end. */
function formatTime(timeMs: number | undefined): string {
  return timeMs === undefined ? NEVER : new Date(timeMs).toISOString().replace(/\.?0+Z$/, 'Z');
}
