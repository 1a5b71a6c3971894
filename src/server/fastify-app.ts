import { METHODS } from 'node:http';
import { fastify } from 'fastify';
import type { FastifyInstance, FastifyReply } from 'fastify';

/**
 * Makes a fastify instance that answers as Go's servers do: a route made with `all` takes any HTTP method, bodies are
 * not read, and other paths get Go's 404. It listens nowhere: {@link startHttpServer} does that. Requests are not
 * logged, as load balancers and Prometheus ask every few seconds.
 */
export function createFastifyApp(): FastifyInstance {
  const app = fastify({ logger: false, exposeHeadRoutes: false });
  // Without a body in its eyes fastify does not judge content types, which Go leaves alone.
  for (const method of METHODS) app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
  app.setNotFoundHandler((_, reply) => sendText(reply.code(404), '404 page not found\n'));
  return app;
}

/** Answers with plain text that browsers must not take for anything else. */
export function sendText(reply: FastifyReply, text: string): FastifyReply {
  return reply.type('text/plain; charset=utf-8').header('x-content-type-options', 'nosniff').send(text);
}

/** Answers with JSON under the bare `application/json` that kube-proxy sends: to a string fastify would add a charset. */
export function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply
    .header('content-type', 'application/json')
    .header('x-content-type-options', 'nosniff')
    .send(Buffer.from(JSON.stringify(value)));
}
