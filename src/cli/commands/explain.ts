import { stringify } from 'yaml';
import type { Configuration } from '../../config/schema.ts';
import { explainPacket } from '../../explain/explain-packet.ts';
import { explainService } from '../../explain/explain-service.ts';
import { packetText, serviceText } from '../../explain/explanation-text.ts';
import type { Scene } from '../../explain/scene.ts';
import type { LogControl } from '../../telemetry/logger.ts';
import type { Invocation } from '../args.ts';
import { askedPacket } from '../asked-packet.ts';
import type { Destination } from '../explain-arguments.ts';
import { loadPreview, type LoadedPreview } from '../load-preview.ts';
import type { Surroundings } from '../surroundings.ts';
import { tellProblems } from '../tell-problems.ts';

type ExplainInvocation = Extract<Invocation, { command: 'explain' }>;

export interface ExplainOptions {
  readonly configuration: Configuration;
  readonly master: string;
  readonly nodeName: string;
  readonly invocation: ExplainInvocation;
  readonly log: LogControl;
  readonly surroundings: Surroundings;
}

/**
 * Tells what happens to a packet, or all of a Service, from manifests or from a cluster; touches no kernel and needs no root.
 * @returns 0, whatever the answer is. What is wrong in objects is told on the error stream, since it may be why.
 * @throws Error where there is nothing to read from, or the question is about a Service that there is not
 */
export async function explain({ invocation, ...given }: ExplainOptions): Promise<number> {
  const { from, node, question, output } = invocation;
  const loaded = await loadPreview({ ...given, from, node });
  try {
    const owner = question.about === 'service' ? question.owner : ownerOf(question.destination);
    const scene = await sceneOf(loaded, owner);
    given.surroundings.stdout.write(answer(scene, question, output, from.length > 0));
    tellProblems(loaded.problems(), given.surroundings);
    return 0;
  } finally {
    loaded.close();
  }
}

const ownerOf = (destination: Destination): string | undefined =>
  'owner' in destination ? destination.owner : undefined;

/** @param owner a Service that is asked about by name: the API server is asked for it where it told nothing of it by itself */
async function sceneOf(
  { preview, view, objects, localAddresses, find }: LoadedPreview,
  owner?: string,
): Promise<Scene> {
  const { index, ofOtherProxies } = objects;
  const found = owner === undefined || index.service(owner) ? undefined : await find(owner);
  if (found && !found.isOfOtherProxy) index.setService(found.service);
  return {
    view,
    tables: preview.tables,
    index,
    planOf: (service, family) => preview.planOf(service, family),
    localAddresses,
    ofOtherProxies: owner !== undefined && found?.isOfOtherProxy ? new Set([...ofOtherProxies, owner]) : ofOtherProxies,
  };
}

function answer(
  scene: Scene,
  question: ExplainInvocation['question'],
  output: ExplainInvocation['output'],
  isFromFiles: boolean,
): string {
  if (question.about === 'packet') {
    const explanation = explainPacket(scene, askedPacket(scene, question));
    return output === 'text' ? packetText(explanation) : dataText(explanation, output);
  }
  const explanation = explainService(scene, question.owner);
  if (!explanation) throw new Error(unknownService(question.owner, isFromFiles));
  return output === 'text' ? serviceText(explanation) : dataText(explanation, output);
}

const unknownService = (owner: string, isFromFiles: boolean): string =>
  isFromFiles ? `there is no Service ${owner} in these files` : `there is no Service ${owner}`;

const dataText = (data: object, output: 'json' | 'yaml'): string =>
  output === 'json'
    ? `${JSON.stringify(data, undefined, 2)}\n`
    : stringify(data, { aliasDuplicateObjects: false, lineWidth: 0 });
