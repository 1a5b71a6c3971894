import { sleep } from '../exec.ts';
import type { Step } from '../step.ts';
import type { World } from '../world.ts';
import { flow, probe, spread, sticky } from './probing.ts';
import { proxyEnds, restartProxy, runBeside, runProxy, startProxy, stopProxy } from './process.ts';
import { changeObjects, fault, patch, tamper } from './surroundings.ts';
import { apiRequests, http, metric } from './telling.ts';
import { trafficStart, trafficStop } from './traffic.ts';

type StepOf<K extends Step['kind']> = Step & { readonly kind: K };
type Executor<S> = (world: World, step: S) => void | Promise<void>;

const EXECUTORS: { readonly [K in Step['kind']]: Executor<StepOf<K>> } = {
  probe,
  sticky,
  spread,
  udpFlow: flow,
  longConnection: flow,
  trafficStart,
  trafficStop,
  apply: changeObjects,
  remove: changeObjects,
  patch,
  settle: world => world.settle(),
  awaitReady: world => world.ready(),
  http,
  metric,
  apiRequests,
  startProxy,
  stopProxy,
  proxyEnds,
  restartProxy,
  runProxy,
  runBeside,
  tamper,
  fault,
  sleep: (_world, { seconds }) => sleep(seconds * 1000),
};

/** Whether there is a step of this kind. */
export const isStepKind = (kind: string): boolean => Object.hasOwn(EXECUTORS, kind);

/** Carries a step out. Throws a Failure when it does not hold. */
export async function execute(world: World, step: Step): Promise<void> {
  await Reflect.apply(EXECUTORS[step.kind], undefined, [world, step]);
}
