import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ReadinessResult } from '../telemetry/readiness.ts';
import type { SliMetrics } from '../telemetry/metrics/slis.ts';
import { sendText } from './fastify-app.ts';

export interface ReadyzOptions {
  /** A Readiness. */
  readonly readiness: { results(): readonly ReadinessResult[] };
  readonly slis: SliMetrics;
}

interface Query {
  readonly verbose?: unknown;
  readonly exclude?: string | readonly string[];
}

/**
 * Adds /readyz, in the form in which the components of Kubernetes tell of their health (apiserver, pkg/server/healthz): a line for each
 * check where one of them fails or where `?verbose` asks for it, else `ok`; `?exclude=NAME` passes over a check, `/readyz/NAME` asks for one
 * only. Any method. Unlike there a failure is 503, as at /healthz and /livez of this port, and says why.
 */
export function addReadyz(app: FastifyInstance, { readiness, slis }: ReadyzOptions): void {
  app.all<{ Querystring: Query }>('/readyz', ({ query }, reply) => {
    const excluded = [query.exclude ?? []].flat();
    const all = readiness.results();
    for (const { name, problem } of all) slis.observeHealthCheck(name, 'readyz', problem === undefined);
    const unknown = excluded.filter(name => !all.some(one => one.name === name));
    const isReady = all.every(({ name, problem }) => problem === undefined || excluded.includes(name));
    const lines = [
      ...all.map(result => lineOf(result, excluded)),
      ...unknown.map(name => `warn: no check to exclude: ${JSON.stringify(name)}`),
      `readyz check ${isReady ? 'passed' : 'failed'}`,
    ];
    return answer(reply, isReady, isReady && query.verbose === undefined ? 'ok' : `${lines.join('\n')}\n`);
  });
  app.all<{ Params: { name: string } }>('/readyz/:name', ({ params }, reply) => {
    const result = readiness.results().find(({ name }) => name === params.name);
    if (!result) return reply.callNotFound();
    const { name, problem } = result;
    slis.observeHealthCheck(name, 'readyz', problem === undefined);
    return answer(reply, problem === undefined, problem === undefined ? 'ok' : `${problem}\n`);
  });
}

function lineOf({ name, problem }: ReadinessResult, excluded: readonly string[]): string {
  if (excluded.includes(name)) return `[+]${name} excluded: ok`;
  return problem === undefined ? `[+]${name} ok` : `[-]${name} failed: ${problem}`;
}

const answer = (reply: FastifyReply, isReady: boolean, text: string): FastifyReply =>
  sendText(reply.code(isReady ? 200 : 503), text);
