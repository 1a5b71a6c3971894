// What scenarios are written with: objects of the Kubernetes API, and steps.

import type { Fault } from './lib/api/faults.ts';
import type { AnswerExpectation, Failing } from './lib/expectations.ts';
import { NODE } from './lib/hosts.ts';
import type { HttpExpectation } from './lib/http-expectation.ts';
import type { KubeObject } from './lib/kube-object.ts';
import type { Operator } from './lib/metrics.ts';
import type { Scenario } from './lib/scenario.ts';
import type { SpreadExpectation } from './lib/spread.ts';
import type {
  ApiRequestsStep,
  FaultStep,
  FlowStep,
  HttpStep,
  MetricStep,
  ObjectsStep,
  PatchStep,
  PlainFault,
  PlainStep,
  ProbeStep,
  ProxyEndsStep,
  ProxyStart,
  RestartProxyStep,
  RunBesideStep,
  RunProxyStep,
  SleepStep,
  SpreadStep,
  StartProxyStep,
  StickyStep,
  StopProxyStep,
  TamperStep,
  Timing,
  TrafficStartStep,
  TrafficStopStep,
} from './lib/step.ts';

export { CLIENTS, NODE, NODE_NAME, NODE_SERVER_PORT, PEER, PEER_NAME } from './lib/hosts.ts';
export type { EndpointPort, KubeObject, ServicePort } from './lib/kube-object.ts';
export type { Expectation, Failing } from './lib/expectations.ts';
export type { HttpExpectation } from './lib/http-expectation.ts';
export type { Step } from './lib/step.ts';
export * from './objects.ts';

type Told<T extends { readonly kind: string }> = Omit<T, 'kind'>;
type Probing = Pick<ProbeStep, 'proto' | 'attempts'> & Timing;
type Reaching = Probing & Omit<AnswerExpectation, 'backends'>;

/** A scenario, as a module of it exports. */
export const scenario = (told: Scenario): Scenario => told;

/** Probes until the expectation holds. See README.md for what can be expected. */
export const probe = (step: Told<ProbeStep>): ProbeStep => ({ kind: 'probe', ...step });
/** Probes for answers from exactly these backends. */
export function reaches(
  from: ProbeStep['from'],
  to: string,
  backends: string | readonly string[],
  { source, balanced, exactly, ...more }: Reaching = {},
): ProbeStep {
  return probe({ from, to, expect: { backends: [backends].flat(), source, balanced, exactly }, ...more });
}
/** Probes for a stable lack of answers: `how` is refused, timeout or unreachable, or a list of these. */
export const fails = (
  from: ProbeStep['from'],
  to: string,
  how: Failing | readonly Failing[],
  more: Probing = {},
): ProbeStep => probe({ from, to, expect: how, stable: true, ...more });

/** Asks several times from each source, and expects one backend for each. */
export const sticky = (step: Told<StickyStep>): StickyStep => ({ kind: 'sticky', ...step });
/** Asks one attempt after the other, as many as the shares make, and expects each backend to have its share. */
export const spread = (
  from: string,
  to: string,
  { shares, inTurns, ...more }: SpreadExpectation & Pick<SpreadStep, 'proto'> & Timing,
): SpreadStep => ({ kind: 'spread', from, to, expect: { shares, inTurns }, ...more });
/** A UDP flow with one source port, kept open and busy from the first mention on. */
export const udpFlow = (name: string, step: Omit<FlowStep, 'kind' | 'name'> = {}): FlowStep => ({
  kind: 'udpFlow',
  name,
  ...step,
});
/** A TCP connection, asked again at each mention. */
export const longConnection = (name: string, step: Omit<FlowStep, 'kind' | 'name'> = {}): FlowStep => ({
  kind: 'longConnection',
  name,
  ...step,
});

/** New connections all the time. */
export const traffic = {
  start: (name: string, step: Omit<TrafficStartStep, 'kind' | 'name'>): TrafficStartStep => ({
    kind: 'trafficStart',
    name,
    ...step,
  }),
  stop: (name: string, step: Omit<TrafficStopStep, 'kind' | 'name'> = {}): TrafficStopStep => ({
    kind: 'trafficStop',
    name,
    ...step,
  }),
};

/** Creates or replaces objects. */
export const apply = (...objects: KubeObject[]): ObjectsStep => ({ kind: 'apply', objects });
/** Deletes objects. */
export const remove = (...objects: KubeObject[]): ObjectsStep => ({ kind: 'remove', objects });
/** Applies a JSON merge patch to an object. */
export const patch = (object: KubeObject, change: PatchStep['change']): PatchStep => ({
  kind: 'patch',
  object,
  change,
});
/** Waits until the proxy has taken in everything applied so far. */
export const settle = (): PlainStep => ({ kind: 'settle' });

/** One HTTP GET. */
export const http = (step: Told<HttpStep>): HttpStep => ({ kind: 'http', ...step });
const get = (port: number, path: string, expect: HttpExpectation, more?: Timing): HttpStep =>
  http({ from: 'client', url: `http://${NODE.v4}:${port}${path}`, expect, ...more });
/** Asks the proxy's /healthz. */
export const healthz = (expect: HttpExpectation, more?: Timing): HttpStep => get(10256, '/healthz', expect, more);
/** Asks sluice's /readyz, with all that it says of its checks. */
export const readyz = (expect: HttpExpectation, more?: Timing): HttpStep => get(10256, '/readyz?verbose', expect, more);
/** Asks the proxy's /livez. */
export const livez = (expect: HttpExpectation, more?: Timing): HttpStep => get(10256, '/livez', expect, more);
/** Asks a Service's health check node port. */
export const healthCheck = (number: number, expect: HttpExpectation, more?: Timing): HttpStep =>
  get(number, '/', expect, more);
/** Compares the sum of a metric's series. */
export const metric = (
  name: string,
  op: Operator,
  value: number,
  more: Timing & Pick<MetricStep, 'labels'> = {},
): MetricStep => ({ kind: 'metric', name, op, value, ...more });

/** Starts the proxy, and waits until it is ready. */
export const startProxy = (step: ProxyStart = {}): StartProxyStep => ({ kind: 'startProxy', ...step });
/** Sends the proxy a signal and waits until it has ended. */
export const stopProxy = (signal: NodeJS.Signals = 'SIGTERM'): StopProxyStep => ({ kind: 'stopProxy', signal });
/** Waits until the proxy has ended by itself, with this status. */
export const proxyEnds = (exit: number, more: Pick<ProxyEndsStep, 'within'> = {}): ProxyEndsStep => ({
  kind: 'proxyEnds',
  exit,
  ...more,
});
/** Ends the proxy by a signal, and starts it again. */
export const restartProxy = (signal: NodeJS.Signals = 'SIGTERM', step: ProxyStart = {}): RestartProxyStep => ({
  kind: 'restartProxy',
  signal,
  ...step,
});
/** Waits until /healthz says 200 and the canary Service is forwarded. */
export const awaitReady = (): PlainStep => ({ kind: 'awaitReady' });
/** Runs the proxy's command to its end. */
export const runProxy = (
  args: readonly string[],
  { exit = 0, ...more }: Partial<Omit<RunProxyStep, 'kind' | 'args'>> = {},
): RunProxyStep => ({ kind: 'runProxy', args, exit, ...more });
/** Runs a command of the proxy beside it, with its arguments and these, to its end. */
export const runBeside = (
  args: readonly string[],
  { exit = 0, ...more }: Partial<Omit<RunBesideStep, 'kind' | 'args'>> = {},
): RunBesideStep => ({ kind: 'runBeside', args, exit, ...more });
/** Runs a shell command on the node. */
export const tamper = (command: string, more: Pick<TamperStep, 'exit'> = {}): TamperStep => ({
  kind: 'tamper',
  command,
  ...more,
});
/** Lets time pass. */
export const sleep = (seconds: number): SleepStep => ({ kind: 'sleep', seconds });

const fault = (method: PlainFault): FaultStep => ({ kind: 'fault', method });
/** Faults of the API server. */
export const api = {
  stop: () => fault('stop'),
  start: () => fault('start'),
  hang: () => fault('hang'),
  resume: () => fault('resume'),
  dropWatches: () => fault('dropWatches'),
  endWatches: () => fault('endWatches'),
  expire: () => fault('expire'),
  heal: () => fault('heal'),
  fail: (told: Fault): FaultStep => ({ kind: 'fault', method: 'fail', fault: told }),
  pageSize: (count: number): FaultStep => ({ kind: 'fault', method: 'pageSize', count }),
  requests: (
    op: Operator,
    value: number,
    more: Omit<ApiRequestsStep, 'kind' | 'op' | 'value'> = {},
  ): ApiRequestsStep => ({ kind: 'apiRequests', op, value, ...more }),
};
