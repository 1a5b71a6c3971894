import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { toV1alpha1 } from '../config/format.ts';
import { forwardingSettings } from '../config/forwarding-settings.ts';
import { parseHostPort } from '../config/host-port.ts';
import type { Configuration } from '../config/schema.ts';
import { createHealthServer } from '../server/health-server.ts';
import { startHttpServer } from '../server/http-server.ts';
import { createMetricsServer } from '../server/metrics-server.ts';
import type { HealthState } from '../telemetry/health-state.ts';
import { createHealthMetrics } from '../telemetry/metrics/health.ts';
import { createReadinessMetrics } from '../telemetry/metrics/readiness.ts';
import { createSliMetrics } from '../telemetry/metrics/slis.ts';
import type { Readiness } from '../telemetry/readiness.ts';
import { KUBERNETES_VERSION, VERSION } from './version.ts';

export interface ServersOptions {
  readonly configuration: Configuration;
  /** What is in force by now, to be shown. */
  readonly current: () => Configuration;
  readonly registry: Registry;
  readonly health: HealthState;
  readonly readiness: Readiness;
  /** For /flagz. */
  readonly flags: ReadonlyMap<string, string>;
  readonly setVerbosity: (verbosity: number) => void;
  readonly logger: Logger;
  /** With bindAddressHardFail, a port that cannot be had. */
  readonly onFatal: (error: Error) => void;
}

const statusOfThis = {
  startMs: Date.now(),
  now: () => Date.now(),
  version: KUBERNETES_VERSION.replace(/^v(\d+\.\d+).*/, '$1'),
  runtime: `none (sluice ${VERSION}, Node.js ${process.version})`,
};

/** Starts the servers of healthzBindAddress and metricsBindAddress. */
export function startServers(options: ServersOptions): void {
  const { configuration, current, registry, health, readiness, setVerbosity, logger, onFatal } = options;
  const log = logger.child({ component: 'server' });
  const start = (name: string, address: string, app: Parameters<typeof startHttpServer>[0]): void => {
    const { host, port } = parseHostPort(address)!;
    startHttpServer(app, { name, host, port, hardFail: configuration.bindAddressHardFail, onFatal, log });
  };
  const isGateOn = (name: string): boolean => configuration.featureGates[name] !== false;
  const sliRegistry = new Registry();
  const slis = createSliMetrics(sliRegistry);
  createReadinessMetrics(registry, readiness);
  if (configuration.healthzBindAddress !== undefined) {
    const metrics = createHealthMetrics(registry);
    start('healthz', configuration.healthzBindAddress, createHealthServer({ health, metrics, readiness, slis }));
  }
  const metricsServer = createMetricsServer({
    registry,
    sliRegistry,
    slis,
    proxyMode: forwardingSettings(configuration).backend,
    configuration: () => toV1alpha1(current()),
    enableProfiling: configuration.enableProfiling,
    flags: isGateOn('ComponentFlagz') ? options.flags : undefined,
    status: isGateOn('ComponentStatusz') ? statusOfThis : undefined,
    setVerbosity,
  });
  start('metrics', configuration.metricsBindAddress, metricsServer);
}
