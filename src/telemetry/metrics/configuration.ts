import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

/** What came of a configuration file that had changed: no setting differs, some do and are in force, or it is not valid. */
export type ReloadResult = 'unchanged' | 'applied' | 'invalid';

export interface ConfigurationMetrics {
  /** Whether the configuration file is valid as it is now. */
  setValid(isValid: boolean): void;
  countReload(result: ReloadResult): void;
}

/**
 * Metrics of the configuration file.
 * @throws Error where the registry has one of the names already.
 */
export function createConfigurationMetrics(registry: Registry): ConfigurationMetrics {
  const valid = new Gauge({
    registers: [registry],
    name: 'sluice_configuration_valid',
    help: 'Whether the configuration file is valid as it is now (1), or the settings in force are those of before (0).',
  });
  const reloads = new Counter({
    registers: [registry],
    name: 'sluice_configuration_reloads_total',
    help: 'Changes of the configuration file that were read, by result.',
    labelNames: ['result'] as const,
  });
  valid.set(1);
  for (const result of ['unchanged', 'applied', 'invalid']) reloads.inc({ result }, 0);
  return {
    setValid: isValid => valid.set(isValid ? 1 : 0),
    countReload: result => reloads.inc({ result }),
  };
}
