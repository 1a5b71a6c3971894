import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import { requestDurationBuckets } from './buckets.ts';

export interface RestRequest {
  /** HTTP method, in capitals. */
  readonly method: string;
  /** `host:port` of the API server. */
  readonly host: string;
  /** HTTP status; undefined where there was no answer. */
  readonly status: number | undefined;
  /** Until the answer was complete; undefined for a watch, whose length says nothing of the API server's speed. */
  readonly durationSeconds: number | undefined;
}

export interface RestClientMetrics {
  observeRequest(request: RestRequest): void;
}

/**
 * client-go's metrics of requests to the API server, under its names (component-base, metrics/prometheus/restclient):
 * the alert KubeClientErrors and the panels of kubernetes-mixin read them. As there, code is `<error>` where there was
 * no answer, and watches are counted but not timed.
 * @throws Error where the registry has one of the names already.
 */
export function createRestClientMetrics(registry: Registry): RestClientMetrics {
  const registers = [registry];
  const requests = new Counter({
    registers,
    name: 'rest_client_requests_total',
    help: '[ALPHA] Number of HTTP requests, partitioned by status code, method, and host.',
    labelNames: ['code', 'method', 'host'] as const,
  });
  const duration = new Histogram({
    registers,
    name: 'rest_client_request_duration_seconds',
    help: '[ALPHA] Request latency in seconds. Broken down by verb, and host.',
    labelNames: ['verb', 'host'] as const,
    buckets: requestDurationBuckets,
  });
  return {
    observeRequest: ({ method, host, status, durationSeconds }) => {
      requests.inc({ code: status ?? '<error>', method, host });
      if (durationSeconds !== undefined) duration.observe({ verb: method, host }, durationSeconds);
    },
  };
}
