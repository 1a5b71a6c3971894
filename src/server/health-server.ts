import type { FastifyInstance, FastifyReply } from 'fastify';
import type { HealthAnswer } from '../telemetry/health-state.ts';
import type { HealthMetrics } from '../telemetry/metrics/health.ts';
import { createFastifyApp, sendJson } from './fastify-app.ts';
import { addReadyz, type ReadyzOptions } from './readyz.ts';

export interface HealthServerOptions extends ReadyzOptions {
  /** A HealthState. */
  readonly health: { healthz(): HealthAnswer; livez(): HealthAnswer };
  readonly metrics: HealthMetrics;
}

/**
 * The server of healthzBindAddress (pkg/proxy/healthcheck/proxy_health.go): /healthz tells whether load balancers should
 * choose this node, /livez whether the proxy does its work; any method, JSON, 200 or 503. Of its own it has /readyz (see readyz.ts). All
 * other paths are 404.
 */
export function createHealthServer({ health, metrics, ...readyz }: HealthServerOptions): FastifyInstance {
  const app = createFastifyApp();
  app.all('/healthz', (_, reply) => {
    const answer = health.healthz();
    metrics.countHealthz(answer.status);
    return send(reply, answer);
  });
  app.all('/livez', (_, reply) => {
    const answer = health.livez();
    metrics.countLivez(answer.status);
    return send(reply, answer);
  });
  addReadyz(app, readyz);
  return app;
}

const send = (reply: FastifyReply, { status, body }: HealthAnswer): FastifyReply => sendJson(reply.code(status), body);
