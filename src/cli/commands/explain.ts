import { stringify } from 'yaml';
import type { Configuration } from '../../config/schema.ts';
import { explainPacket } from '../../explain/explain-packet.ts';
import { explainService } from '../../explain/explain-service.ts';
import { packetText, serviceText } from '../../explain/explanation-text.ts';
import type { Scene } from '../../explain/scene.ts';
import type { LogControl } from '../../telemetry/logger.ts';
import type { Invocation } from '../args.ts';
import { askedPacket } from '../asked-packet.ts';
import { loadPreview } from '../load-preview.ts';
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
  const { preview, view, objects, localAddresses, problems, close } = await loadPreview({ ...given, from, node });
  try {
    const scene: Scene = {
      view,
      tables: preview.tables,
      index: objects.index,
      planOf: (owner, family) => preview.planOf(owner, family),
      localAddresses,
      ofOtherProxies: objects.ofOtherProxies,
    };
    given.surroundings.stdout.write(answer(scene, question, output, from.length > 0));
    tellProblems(problems(), given.surroundings);
    return 0;
  } finally {
    close();
  }
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
  isFromFiles
    ? `there is no Service ${owner} in these files`
    : `the API server tells of no Service ${owner}: there is none, it is headless, or it has the label service.kubernetes.io/service-proxy-name`;

const dataText = (data: object, output: 'json' | 'yaml'): string =>
  output === 'json'
    ? `${JSON.stringify(data, undefined, 2)}\n`
    : stringify(data, { aliasDuplicateObjects: false, lineWidth: 0 });
