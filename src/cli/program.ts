import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { FlagValueError, parseFlag, type FlagKind, type FlagTexts } from '../config/flag-values.ts';
import { FLAGS, type Flag } from './flags.ts';

/** The command line cannot be understood. The message is for the operator; the exit status is 1. */
export class UsageError extends Error {}

/** The commands by name, with what they do. */
export const COMMANDS = {
  run: 'forward Services on this node (what is done without a command)',
  render: 'print what would be programmed, from a cluster or from manifests; needs neither root nor a kernel',
  diff: 'print how what is in this kernel differs from that; status 0: not at all, 1: it does, 2: an error; needs root, changes nothing',
  explain:
    'tell what happens to a packet and why (SOURCE DESTINATION), or all of a Service (NAMESPACE/NAME); needs no root',
  cleanup: 'remove all that kube-proxy or sluice have made on this node',
  version: 'tell the version',
  help: 'tell this',
} as const;

export type CommandName = keyof typeof COMMANDS;

const PLACEHOLDERS: Readonly<Record<FlagKind, string>> = {
  string: '<text>',
  boolean: '[boolean]',
  int32: '<number>',
  float: '<number>',
  duration: '<duration>',
  list: '<list>',
  gates: '<name=boolean>',
  verbosity: '<level>',
  vmodule: '<pattern=level>',
};

/**
 * Collects the flags of a command line and checks that each value is of its flag's kind.
 * @param options as of splitArgv
 * @throws UsageError naming the first flag that is unknown or has no usable value
 */
export function collectFlags(options: readonly string[]): FlagTexts {
  const texts = new Map<string, readonly string[]>();
  const program = newProgram((flag, text) => {
    const all = [...(texts.get(flag.name) ?? []), text];
    texts.set(flag.name, all);
    check(flag, all);
  });
  try {
    program.parse(options, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(error.message.replace(/^error: /, ''), { cause: error });
  }
  return texts;
}

function check({ kind }: Flag, texts: readonly string[]): void {
  try {
    parseFlag(kind, texts);
  } catch (error) {
    throw error instanceof FlagValueError ? new InvalidArgumentError(error.message) : error;
  }
}

/** The text of --help. */
export function helpText(): string {
  const program = newProgram(() => undefined).helpOption(false);
  for (const [name, description] of Object.entries(COMMANDS)) program.command(name).description(description);
  return program.helpInformation();
}

function newProgram(take: (flag: Flag, text: string) => void): Command {
  const program = new Command('sluice')
    .description('Forwards the Services of Kubernetes on this node, in the place of kube-proxy.')
    .usage('[command] [arguments of explain] [flags]')
    .helpOption(false)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined, writeOut: () => undefined })
    .configureHelp({ helpWidth: 120 })
    .action(() => undefined);
  for (const flag of FLAGS) {
    const names = flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`;
    const option = new Option(`${names} ${PLACEHOLDERS[flag.kind]}`, flag.help)
      .helpGroup(`${flag.group}:`)
      .argParser((text: string) => take(flag, text));
    program.addOption(option);
  }
  return program;
}
