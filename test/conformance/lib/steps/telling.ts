// Steps that judge what the proxy says of itself, and how it treats the API server.

import { METRICS_PORT } from '../config.ts';
import { NODE, sourceNamed } from '../hosts.ts';
import { judgeHttp } from '../http-expectation.ts';
import type { HttpAnswer } from '../http-expectation.ts';
import { compare, sumMetric } from '../metrics.ts';
import type { ApiRequestsStep, HttpStep, MetricStep } from '../step.ts';
import type { World } from '../world.ts';
import { Failure } from './failure.ts';
import { bindingOf } from './probing.ts';
import { eventually } from './timing.ts';

const BODY_SHOWN = 1000;

const describeAnswer = (answer: HttpAnswer): string =>
  answer.error ?? `${answer.status} ${JSON.stringify(answer.headers)} ${answer.body.slice(0, BODY_SHOWN)}`;

/** Asks by HTTP until the answer is as expected. */
export async function http(world: World, step: HttpStep): Promise<void> {
  const { from, url, expect } = step;
  const host = sourceNamed(from);
  const localAddress = bindingOf(host, url.includes('[') ? 6 : 4);
  await eventually(world, step, async () => {
    const answer = await world.outpost(host.ns).call('httpGet', { url, localAddress });
    const why = judgeHttp(answer, expect);
    return why ? new Failure(why, { expected: JSON.stringify(expect), seen: describeAnswer(answer) }) : undefined;
  });
}

/** Reads a metric until it compares as expected. */
export async function metric(world: World, step: MetricStep): Promise<void> {
  const { name, labels, op, value } = step;
  const url = `http://${NODE.v4}:${METRICS_PORT}/metrics`;
  await eventually(world, step, async () => {
    const answer = await world.outpost('node').call('httpGet', { url });
    const sum = answer.status === 200 ? sumMetric(answer.body, name, labels) : undefined;
    if (compare(sum, op, value)) return undefined;
    const seen = answer.error ?? (sum === undefined ? 'no such series' : String(sum));
    return new Failure('the metric does not hold', { expected: `${op} ${value}`, seen });
  });
}

/** Counts requests to the API server until their number compares as expected. */
export async function apiRequests(world: World, step: ApiRequestsStep): Promise<void> {
  const { verb, resource, op, value, last } = step;
  await eventually(world, step, () => {
    const since = last === undefined ? 0 : Date.now() - last * 1000;
    const count = world.api.requests.filter(
      r => r.at >= since && (!verb || r.verb === verb) && (!resource || r.resource === resource),
    ).length;
    const failure = new Failure('the number of API requests does not hold', {
      expected: `${op} ${value}`,
      seen: String(count),
    });
    return Promise.resolve(compare(count, op, value) ? undefined : failure);
  });
}
