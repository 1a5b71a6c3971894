import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { ReflectorObserver } from '../kube/reflector-observer.ts';
import type { RequestObserver } from '../kube/transport.ts';
import { createRestClientMetrics } from '../telemetry/metrics/rest-client.ts';
import { createWatchMetrics } from '../telemetry/metrics/watch.ts';

/** Log lines and metrics of the reflectors. To be called once for a registry. */
export function watchReports(registry: Registry, parent: Logger): ReflectorObserver {
  const metrics = createWatchMetrics(registry);
  const logger = parent.child({ component: 'kube' });
  return {
    onListed: ({ resource, via, objects, changes, durationMs }) =>
      logger.info({ resource, via, objects, changes, ms: Math.round(durationMs) }, 'full state received'),
    onRelist: (resource, reason) => metrics.countRelist(resource, reason),
    onWatchStarted: resource => metrics.setStarted(resource, Date.now()),
    onWatchEnded: (resource, reason) => logger.debug({ resource, reason }, 'watch ended'),
    onEvent: (resource, type) => metrics.countEvent(resource, type, Date.now()),
    onError: (resource, kind) => metrics.countError(resource, kind),
    onProblems: (_, problems) => {
      for (const { object, field, message } of problems) {
        logger.warn({ object, field, problem: message }, 'part of an object cannot be read');
      }
    },
  };
}

/** client-go's metrics of requests. To be called once for a registry. */
export function requestReports(registry: Registry): RequestObserver {
  const metrics = createRestClientMetrics(registry);
  return {
    onRequest: ({ method, verb, code, host, durationSeconds }) =>
      metrics.observeRequest({
        method,
        host,
        status: code === '<error>' ? undefined : Number(code),
        durationSeconds: verb === 'watch' ? undefined : durationSeconds,
      }),
  };
}
