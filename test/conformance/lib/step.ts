// The steps of a scenario, as data; the folder steps/ carries them out.

import type { Fault } from './api/faults.ts';
import type { Verb } from './api/resources.ts';
import type { HttpExpectation } from './http-expectation.ts';
import type { Expectation } from './expectations.ts';
import type { KubeObject } from './kube-object.ts';
import type { Operator } from './metrics.ts';
import type { SpreadExpectation } from './spread.ts';

export type Transport = 'tcp' | 'udp' | 'sctp';

/** When an expectation has to hold. */
export interface Timing {
  /** Seconds after which it must hold; 10 if absent, 0 for at once. */
  readonly within?: number | undefined;
  /** It must hold in several rounds in a row. */
  readonly stable?: boolean | undefined;
}

export interface Route {
  /** A host's name, or `node`. */
  readonly from: string;
  /** `ip:port` or `[ip6]:port`. */
  readonly to: string;
}

/** A route with several sources, which share the attempts. */
export interface Routes {
  readonly from: string | readonly string[];
  readonly to: string;
  readonly proto?: Transport | undefined;
}

export interface ProbeStep extends Routes, Timing {
  readonly kind: 'probe';
  readonly expect: Expectation;
  readonly attempts?: number | undefined;
}

export interface StickyStep extends Routes, Timing {
  readonly kind: 'sticky';
  readonly attempts?: number;
  /** Remembers which source has which backend, under this name. */
  readonly as?: string;
  /** Compares with what is remembered under this name: nothing may have moved. */
  readonly same?: string;
  /** Compares with what is remembered under this name: something must have moved. */
  readonly changed?: string;
  /** At least so many backends are used. */
  readonly distinct?: number;
  readonly backends?: readonly string[];
}

export interface SpreadStep extends Route, Timing {
  readonly kind: 'spread';
  readonly proto?: Transport | undefined;
  readonly expect: SpreadExpectation;
}

/** `from` and `to` are told at the first mention of the flow. */
export interface FlowStep extends Partial<Route>, Timing {
  readonly kind: 'udpFlow' | 'longConnection';
  readonly name: string;
  readonly expect?: Expectation | undefined;
}

export interface TrafficStartStep extends Route {
  readonly kind: 'trafficStart';
  readonly name: string;
  readonly proto?: Exclude<Transport, 'sctp'>;
  /** Milliseconds from one attempt to the next. */
  readonly period?: number;
}

export interface TrafficStopStep {
  readonly kind: 'trafficStop';
  readonly name: string;
  readonly atLeast?: number;
  readonly maxFailures?: number;
}

export interface ObjectsStep {
  readonly kind: 'apply' | 'remove';
  readonly objects: readonly KubeObject[];
}

export interface PatchStep {
  readonly kind: 'patch';
  readonly object: KubeObject;
  readonly change: Record<string, unknown>;
}

export interface PlainStep {
  readonly kind: 'settle' | 'awaitReady';
}

export interface HttpStep extends Timing {
  readonly kind: 'http';
  readonly from: string;
  readonly url: string;
  readonly expect: HttpExpectation;
}

export interface MetricStep extends Timing {
  readonly kind: 'metric';
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly op: Operator;
  readonly value: number;
}

export interface ProxyStart {
  /** More arguments for the proxy. */
  readonly args?: readonly string[];
  /** Replaces the scenario's settings. */
  readonly config?: Record<string, unknown>;
  /** False: go on without waiting until the proxy is ready. */
  readonly wait?: boolean;
}

export interface StartProxyStep extends ProxyStart {
  readonly kind: 'startProxy';
}

export interface StopProxyStep {
  readonly kind: 'stopProxy';
  readonly signal: NodeJS.Signals;
}

/** The proxy ends by itself. */
export interface ProxyEndsStep {
  readonly kind: 'proxyEnds';
  readonly exit: number;
  /** Seconds. */
  readonly within?: number;
}

export interface RestartProxyStep extends ProxyStart {
  readonly kind: 'restartProxy';
  readonly signal: NodeJS.Signals;
}

export interface RunProxyStep {
  readonly kind: 'runProxy';
  readonly args: readonly string[];
  readonly exit: number;
  /** Seconds. */
  readonly within?: number;
}

/** A command of the proxy that is run beside it. */
export interface RunBesideStep {
  readonly kind: 'runBeside';
  readonly args: readonly string[];
  readonly exit: number;
  /** All that it prints to its standard output. */
  readonly prints?: string;
  /** Lines that are among those that it prints to its standard output, without white space around them. */
  readonly printsLines?: readonly string[];
  /** Seconds. */
  readonly within?: number;
}

export interface TamperStep {
  readonly kind: 'tamper';
  readonly command: string;
  readonly exit?: number;
}

export interface SleepStep {
  readonly kind: 'sleep';
  readonly seconds: number;
}

/** What can be done to the API server without saying more. */
export const PLAIN_FAULTS = ['stop', 'start', 'hang', 'resume', 'dropWatches', 'endWatches', 'expire', 'heal'] as const;
export type PlainFault = (typeof PLAIN_FAULTS)[number];

export type FaultStep =
  | { readonly kind: 'fault'; readonly method: PlainFault }
  | { readonly kind: 'fault'; readonly method: 'fail'; readonly fault: Fault }
  | { readonly kind: 'fault'; readonly method: 'pageSize'; readonly count: number };

export interface ApiRequestsStep extends Timing {
  readonly kind: 'apiRequests';
  readonly op: Operator;
  readonly value: number;
  readonly verb?: Verb;
  /** The resource's plural. */
  readonly resource?: string;
  /** Only requests of the last so many seconds. */
  readonly last?: number;
}

export type Step =
  | ProbeStep
  | StickyStep
  | SpreadStep
  | FlowStep
  | TrafficStartStep
  | TrafficStopStep
  | ObjectsStep
  | PatchStep
  | PlainStep
  | HttpStep
  | MetricStep
  | StartProxyStep
  | StopProxyStep
  | ProxyEndsStep
  | RestartProxyStep
  | RunProxyStep
  | RunBesideStep
  | TamperStep
  | SleepStep
  | FaultStep
  | ApiRequestsStep;

/** The fields of any step that its title is made of. */
interface Titled {
  readonly kind: string;
  readonly method?: string;
  readonly name?: string;
  readonly proto?: string | undefined;
  readonly from?: string | readonly string[];
  readonly to?: string;
  readonly url?: string;
  readonly command?: string;
  readonly signal?: string;
  readonly args?: readonly string[];
  readonly objects?: readonly KubeObject[];
  readonly object?: KubeObject;
}

const NAMED_AT_MOST = 4;

/** One line that says what a step is about. */
export function titleOf(step: Step): string {
  const { kind, from = [], to, proto, name, url, objects, object, command, method, args, signal }: Titled = step;
  const names = (objects ?? (object ? [object] : [])).map(o => `${o.kind}/${o.metadata.name}`);
  const more = names.length > NAMED_AT_MOST ? ` and ${names.length - NAMED_AT_MOST} more` : '';
  const words = [kind, method, name, proto, [from].flat().slice(0, 3).join(','), to && `→ ${to}`];
  words.push(url, command, signal, args?.join(' '), names.slice(0, NAMED_AT_MOST).join(' ') + more);
  return words.filter(Boolean).join(' ');
}
