import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';

export interface HealthMetrics {
  countHealthz(status: 200 | 503): void;
  countLivez(status: 200 | 503): void;
}

/**
 * kube-proxy's counters of answers of its health server, by HTTP status.
 * @throws Error where the registry has one of the names already.
 */
export function createHealthMetrics(registry: Registry): HealthMetrics {
  const counter = (path: 'healthz' | 'livez'): Counter<'code'> =>
    new Counter({
      registers: [registry],
      name: `kubeproxy_proxy_${path}_total`,
      help: `[ALPHA] Cumulative proxy ${path} HTTP status`,
      labelNames: ['code'] as const,
    });
  const healthz = counter('healthz');
  const livez = counter('livez');
  return {
    countHealthz: status => healthz.inc({ code: status }),
    countLivez: status => livez.inc({ code: status }),
  };
}
