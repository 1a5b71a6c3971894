import type { Configuration } from '../../config/schema.ts';
import type { LogControl } from '../../telemetry/logger.ts';
import type { Invocation, RenderOutput } from '../args.ts';
import { loadPreview } from '../load-preview.ts';
import type { Surroundings } from '../surroundings.ts';
import { tellProblems } from '../tell-problems.ts';

export interface RenderOptions {
  readonly configuration: Configuration;
  readonly master: string;
  readonly nodeName: string;
  readonly invocation: Extract<Invocation, { command: 'render' }>;
  readonly log: LogControl;
  readonly surroundings: Surroundings;
}

/**
 * Prints what would be programmed, from manifests or from a cluster; touches no kernel and needs no root.
 * @returns 0, or 1 where objects were wrong in parts: the rest is printed all the same
 * @throws Error where there is nothing to read from
 */
export async function render({ invocation, configuration, ...given }: RenderOptions): Promise<number> {
  const { from, node, output, watch } = invocation;
  const { stdout } = given.surroundings;
  const { preview, problems, close } = await loadPreview({
    ...given,
    from,
    node,
    // Who asks for virtual servers wants to see what mode ipvs would do.
    configuration: output === 'ipvs' ? { ...configuration, mode: 'ipvs' } : configuration,
    onServices: (changed, owners) => void stdout.write(withHeading(changed.stage(owners, output), output)),
  });
  stdout.write(preview.print(output));
  if (watch) await new Promise<never>(() => undefined);
  close();
  const found = problems();
  tellProblems(found, given.surroundings);
  return found.length ? 1 : 0;
}

/** ipvsadm knows no comments. */
const withHeading = (transaction: string, output: RenderOutput): string =>
  output === 'ipvs' ? transaction : transaction && `# transaction of ${new Date().toISOString()}\n${transaction}`;
