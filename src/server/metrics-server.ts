import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { SliMetrics } from '../telemetry/metrics/slis.ts';
import { createFastifyApp, sendJson, sendText } from './fastify-app.ts';
import { addProfilingRoutes } from './profiling.ts';
import { addZPages, type ComponentStatus, type ZPagesOptions } from './zpages.ts';

/** The key of the configuration in /configz. */
const CONFIG_GROUP = 'kubeproxy.config.k8s.io';

export interface MetricsServerOptions {
  readonly registry: Registry;
  /** Of /metrics/slis, and what is counted there. */
  readonly sliRegistry: Registry;
  readonly slis: SliMetrics;
  /** `nftables` or `ipvs`. */
  readonly proxyMode: string;
  /** The configuration in effect, as a KubeProxyConfiguration of v1alpha1 with kind and apiVersion. */
  readonly configuration: () => unknown;
  readonly enableProfiling: boolean;
  readonly flags: ZPagesOptions['flags'];
  /** Undefined: there is no /statusz. */
  readonly status: Omit<ComponentStatus, 'paths'> | undefined;
  /** Sets the verbosity of the log, for PUT /debug/flags/v. */
  readonly setVerbosity: (verbosity: number) => void;
}

/**
 * The server of metricsBindAddress (cmd/kube-proxy/app/server.go, serveMetrics): /metrics, /metrics/slis, /healthz,
 * /proxyMode, /configz, /flagz and /statusz, any method; /debug/pprof and /debug/flags/v only with enableProfiling. No TLS, no
 * authentication, as kube-proxy's.
 */
export function createMetricsServer(options: MetricsServerOptions): FastifyInstance {
  const { registry, sliRegistry, slis, proxyMode, configuration, enableProfiling, flags, status, setVerbosity } =
    options;
  const app = createFastifyApp();

  app.all('/metrics', async (_, reply) => reply.type(registry.contentType).send(await registry.metrics()));
  app.all('/metrics/slis', async (_, reply) => reply.type(sliRegistry.contentType).send(await sliRegistry.metrics()));
  app.all('/healthz', (_, reply) => {
    slis.observeHealthCheck('ping', 'healthz', true);
    return sendText(reply, 'ok');
  });
  app.all('/proxyMode', (_, reply) => sendText(reply, proxyMode));
  app.all('/configz', (_, reply) => sendJson(reply, { [CONFIG_GROUP]: configuration() }));
  const paths = ['/configz', ...(flags ? ['/flagz'] : []), '/healthz', '/metrics', '/proxyMode'];
  addZPages(app, { flags, status: status && { ...status, paths } });
  if (enableProfiling) addProfilingRoutes(app, setVerbosity);
  return app;
}
