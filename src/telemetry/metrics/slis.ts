import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

export interface SliMetrics {
  /** One answer of a health check: `ping` of `healthz`. */
  observeHealthCheck(name: string, type: string, isHealthy: boolean): void;
}

/**
 * The service level indicators that every Kubernetes component shows at /metrics/slis (KEP-3466; component-base,
 * metrics/prometheus/slis). Made for a registry of their own.
 * @throws Error where the registry has one of the names already.
 */
export function createSliMetrics(registry: Registry): SliMetrics {
  const result = new Gauge({
    registers: [registry],
    name: 'kubernetes_healthcheck',
    help: '[STABLE] This metric records the result of a single healthcheck.',
    labelNames: ['name', 'type'] as const,
  });
  const results = new Counter({
    registers: [registry],
    name: 'kubernetes_healthchecks_total',
    help: '[STABLE] This metric records the results of all healthcheck.',
    labelNames: ['name', 'status', 'type'] as const,
  });
  return {
    observeHealthCheck: (name, type, isHealthy) => {
      result.set({ name, type }, isHealthy ? 1 : 0);
      results.inc({ name, status: isHealthy ? 'success' : 'error', type });
    },
  };
}
