// Steps that change the proxy's surroundings: objects, the API server, the node.

import { resourceOf } from '../api/resources.ts';
import type { Resource } from '../api/resources.ts';
import { attempt } from '../exec.ts';
import type { KubeObject } from '../kube-object.ts';
import type { FaultStep, ObjectsStep, PatchStep, TamperStep } from '../step.ts';
import type { World } from '../world.ts';
import { Failure } from './failure.ts';

const nameOf = (object: KubeObject): [Resource, string, string] => {
  const { namespace = 'default', name } = object.metadata;
  return [resourceOf(object), namespace, name];
};

/** Creates, replaces or deletes objects, in their order. */
export function changeObjects({ api: { store } }: World, { kind, objects }: ObjectsStep): void {
  for (const object of objects) {
    if (kind === 'apply') store.apply(object);
    else store.delete(...nameOf(object));
  }
}

/** Applies a JSON merge patch to an object. */
export function patch({ api: { store } }: World, { object, change }: PatchStep): void {
  store.patch(...nameOf(object), change);
}

/** Breaks the API server, or mends it. */
export async function fault(world: World, step: FaultStep): Promise<void> {
  switch (step.method) {
    case 'stop':
      return world.stopApi();
    case 'start':
      return world.startApi();
    case 'fail':
      return world.api.fail(step.fault);
    case 'pageSize':
      return world.api.pageSize(step.count);
    case 'hang':
    case 'resume':
    case 'dropWatches':
    case 'endWatches':
    case 'expire':
    case 'heal':
      return world.api[step.method]();
  }
}

/** Runs a shell command on the node; throws where the exit status is another than expected. */
export async function tamper(world: World, { command, exit = 0 }: TamperStep): Promise<void> {
  const { code, stdout, stderr } = await attempt('ip', world.topology.inside('node', 'sh', '-c', command));
  if (code === exit) return;
  const seen = `${code}: ${stdout}${stderr}`;
  throw new Failure(`the command failed: ${command}`, { expected: `exit status ${exit}`, seen });
}
