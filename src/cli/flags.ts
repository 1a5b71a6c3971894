import type { ConfigurationFlag } from '../config/flag-definition.ts';
import type { FlagKind } from '../config/flag-values.ts';
import { CONFIGURATION_FLAGS } from '../config/flags.ts';

/** What the command line knows of a flag. */
export interface Flag {
  /** Without dashes. */
  readonly name: string;
  /** One letter, without the dash. */
  readonly short?: string;
  readonly kind: FlagKind;
  /** Heading in the help text. */
  readonly group: string;
  readonly help: string;
}

const flag = (group: string) => (kind: FlagKind, name: string, help: string, short?: string) => ({
  name,
  kind,
  group,
  help,
  ...(short !== undefined && { short }),
});

const general = flag('General');
const render = flag('Render, also with --dry-run, diff and explain');

/** Flags of kube-proxy that tell what to do, and stand for no field of the configuration. */
const GENERAL_FLAGS = [
  general('string', 'config', 'read the configuration from this file; most flags are ignored then'),
  general('string', 'master', 'URL of the API server, instead of that of the kubeconfig'),
  general('boolean', 'init-only', 'set what needs privileges in the kernel, and end'),
  general('boolean', 'cleanup', 'remove all that kube-proxy or sluice have made on this node, and end'),
  general('string', 'write-config-to', 'write the configuration in effect to this file, and end'),
  general('string', 'boot-id-file', 'without effect: kube-proxy has it from a library'),
  general('string', 'machine-id-file', 'without effect: kube-proxy has it from a library'),
  general('boolean', 'version', 'tell the version, and end'),
  general('boolean', 'help', 'tell this, and end', 'h'),
] as const satisfies readonly Flag[];

/** sluice's own: what would be programmed is printed, and no kernel is touched. */
const RENDER_FLAGS = [
  render('boolean', 'dry-run', 'print what would be programmed, instead of doing it: the same as render'),
  render(
    'string',
    'filename',
    'take the objects from this file, folder, or - for the standard input; may be repeated',
    'f',
  ),
  render(
    'string',
    'output',
    'nft (default), ipvs (for ipvsadm -R, as of mode ipvs), json or plan; of diff nft or json; of explain text, json or yaml',
    'o',
  ),
  render('boolean', 'watch', 'go on, and print each transaction as it would be applied'),
  render('string', 'node-name', 'the node to render for, in place of this host'),
  render('list', 'node-ip', 'its addresses, where the objects have no Node of that name'),
  render('string', 'zone', 'its zone, where the objects have no Node of that name'),
] as const satisfies readonly Flag[];

const EXPLAIN_FLAGS = [
  flag('Explain')('string', 'from-interface', 'by which interface of the node the packet comes in'),
] as const satisfies readonly Flag[];

/** Every flag; each command takes all of kube-proxy's, because they shape the ruleset, too. */
export const FLAGS: readonly Flag[] = [...GENERAL_FLAGS, ...RENDER_FLAGS, ...EXPLAIN_FLAGS, ...CONFIGURATION_FLAGS];

/** Whether the flag is sluice's own, for printing what would be programmed. */
export const isRenderFlag = (name: string): boolean =>
  [...RENDER_FLAGS, ...EXPLAIN_FLAGS].some(flag => flag.name === name);

export const EXPLAIN_FLAG_NAMES: readonly string[] = EXPLAIN_FLAGS.map(({ name }) => name);

export const RENDER_FLAG_NAMES: readonly string[] = RENDER_FLAGS.map(({ name }) => name).filter(
  name => name !== 'dry-run',
);

/** Those that the configuration is made from. */
export const isConfigurationFlag = (name: string): boolean =>
  CONFIGURATION_FLAGS.some((flag: ConfigurationFlag) => flag.name === name);
