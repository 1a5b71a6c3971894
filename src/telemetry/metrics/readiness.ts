import { Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import type { ReadinessResult } from '../readiness.ts';

/**
 * Shows what /readyz would say, check by check, as of each scrape.
 * @param readiness a Readiness
 * @throws Error where the registry has the name already
 */
export function createReadinessMetrics(registry: Registry, readiness: { results(): readonly ReadinessResult[] }): void {
  const ready = new Gauge({
    registers: [],
    name: 'sluice_ready',
    help: 'Whether a check of /readyz passes (1) or fails (0).',
    labelNames: ['check'] as const,
    collect: () => {
      for (const { name, problem } of readiness.results()) ready.set({ check: name }, problem === undefined ? 1 : 0);
    },
  });
  registry.registerMetric(ready);
}
