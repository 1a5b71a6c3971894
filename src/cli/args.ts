import { parseFlag, type FlagTexts } from '../config/flag-values.ts';
import { parseAddress } from '../model/ip.ts';
import { parseQuestion, type Question } from './explain-arguments.ts';
import { EXPLAIN_FLAG_NAMES, FLAGS, isConfigurationFlag, RENDER_FLAG_NAMES } from './flags.ts';
import { collectFlags, COMMANDS, helpText, UsageError, type CommandName } from './program.ts';
import { splitArgv } from './split-argv.ts';

/** What the configuration comes from; resolve.ts knows which goes before which. */
export interface ConfigurationSource {
  readonly configFile: string | undefined;
  /** Flags that stand for a field of the configuration, as given. */
  readonly flags: FlagTexts;
  /** URL of the API server, instead of that of the kubeconfig. */
  readonly master: string | undefined;
}

/** The node to render for; what is undefined is looked up. */
export interface RenderNode {
  readonly name: string | undefined;
  /** Canonical. */
  readonly addresses: readonly string[];
  readonly zone: string | undefined;
}

const OUTPUTS = ['nft', 'ipvs', 'json', 'plan'] as const;
export type RenderOutput = (typeof OUTPUTS)[number];

const DIFF_OUTPUTS = ['nft', 'json'] as const;
export type DiffOutput = (typeof DIFF_OUTPUTS)[number];

const EXPLAIN_OUTPUTS = ['text', 'json', 'yaml'] as const;
export type ExplainOutput = (typeof EXPLAIN_OUTPUTS)[number];

/** What the operator wants, complete and without contradictions. */
export type Invocation =
  | ({
      readonly command: 'run';
      readonly initOnly: boolean;
      /** All flags as given, to be shown. */
      readonly given: FlagTexts;
    } & ConfigurationSource)
  | ({ readonly command: 'write-config'; readonly path: string } & ConfigurationSource)
  | ({ readonly command: 'cleanup' } & ConfigurationSource)
  | ({
      readonly command: 'render';
      /** Files, folders, `-` for the standard input; empty: a cluster. */
      readonly from: readonly string[];
      readonly output: RenderOutput;
      readonly watch: boolean;
      readonly node: RenderNode;
    } & ConfigurationSource)
  | ({
      readonly command: 'diff';
      /** As of render. */
      readonly from: readonly string[];
      readonly output: DiffOutput;
      readonly node: RenderNode;
    } & ConfigurationSource)
  | ({
      readonly command: 'explain';
      readonly question: Question;
      /** As of render. */
      readonly from: readonly string[];
      readonly output: ExplainOutput;
      readonly node: RenderNode;
    } & ConfigurationSource)
  | { readonly command: 'help'; readonly text: string }
  | { readonly command: 'version' };

/**
 * Reads a command line, without the program's name. --help and --version win over all else that is wrong.
 * @throws UsageError
 */
export function parseArgs(argv: readonly string[]): Invocation {
  const { options, operands } = splitArgv(argv, FLAGS);
  const [first = 'run', ...others] = operands.filter(operand => operand !== '');
  if (options.includes('--help=true') || first === 'help') return { command: 'help', text: helpText() };
  if (options.includes('--version=true') || first === 'version') return { command: 'version' };
  const texts = collectFlags(options);
  if (!isCommandName(first)) throw new UsageError(`unknown command ${JSON.stringify(first)}`);
  if (first === 'explain') return explainInvocation(others, texts);
  const forExplain = EXPLAIN_FLAG_NAMES.find(name => texts.has(name));
  if (forExplain !== undefined) throw new UsageError(`--${forExplain} is for explain only`);
  if (others.length > 0) throw new UsageError(`${first} takes no arguments, but got ${JSON.stringify(others[0])}`);
  return invocationOf(first, texts);
}

/** The exit status for an error: that of `diff` has another meaning for 1. */
export const errorStatus = (argv: readonly string[]): number =>
  splitArgv(argv, FLAGS).operands.find(operand => operand !== '') === 'diff' ? 2 : 1;

const isCommandName = (word: string): word is CommandName => Object.hasOwn(COMMANDS, word);

/** Of --write-config-to, --cleanup and --init-only the first in this order is done, and nothing else (Options.Run). */
function invocationOf(command: Exclude<CommandName, 'explain'>, texts: FlagTexts): Invocation {
  const source = sourceOf(texts);
  const path = textOf(texts, 'write-config-to');
  const cleanup = command === 'cleanup' || isOn(texts, 'cleanup');
  const initOnly = isOn(texts, 'init-only');
  const isDiff = command === 'diff';
  if (command === 'render' || isDiff || isOn(texts, 'dry-run')) {
    if (path !== undefined || cleanup || initOnly) {
      throw new UsageError('--write-config-to, cleanup and --init-only change something, which a dry run must not');
    }
    if (isDiff) return { command, ...diffOptions(texts), ...source };
    return { command: 'render', ...renderOptions(texts), ...source };
  }
  const misplaced = RENDER_FLAG_NAMES.find(name => texts.has(name));
  if (misplaced !== undefined) throw new UsageError(`--${misplaced} is for render, diff, explain and --dry-run only`);
  if (path !== undefined) return { command: 'write-config', path, ...source };
  return cleanup ? { command: 'cleanup', ...source } : { command: 'run', initOnly, given: texts, ...source };
}

function sourceOf(texts: FlagTexts): ConfigurationSource {
  return {
    configFile: textOf(texts, 'config'),
    flags: new Map([...texts].filter(([name]) => isConfigurationFlag(name))),
    master: textOf(texts, 'master'),
  };
}

function renderOptions(texts: FlagTexts) {
  const from = fromOf(texts);
  const watch = isOn(texts, 'watch');
  if (watch && from.length > 0) throw new UsageError('--watch needs a cluster, and cannot be together with --filename');
  return { from, output: outputOf(texts, OUTPUTS), watch, node: renderNodeOf(texts) };
}

function diffOptions(texts: FlagTexts) {
  if (isOn(texts, 'watch')) throw new UsageError('--watch is not for diff, which compares once');
  if (isOn(texts, 'dry-run'))
    throw new UsageError('diff changes nothing in any case; --dry-run is for what render does');
  return { from: fromOf(texts), output: outputOf(texts, DIFF_OUTPUTS), node: renderNodeOf(texts) };
}

function explainInvocation(operands: readonly string[], texts: FlagTexts): Invocation {
  const change = ['cleanup', 'init-only'].find(name => isOn(texts, name));
  if (change !== undefined || texts.has('write-config-to'))
    throw new UsageError(`--${change ?? 'write-config-to'} changes something, which explain must not`);
  if (isOn(texts, 'watch')) throw new UsageError('--watch is not for explain, which answers once');
  const question = parseQuestion(operands, textOf(texts, 'from-interface'));
  const output = outputOf(texts, EXPLAIN_OUTPUTS);
  return { command: 'explain', question, from: fromOf(texts), output, node: renderNodeOf(texts), ...sourceOf(texts) };
}

function fromOf(texts: FlagTexts): readonly string[] {
  const from = texts.get('filename') ?? [];
  if (from.filter(path => path === '-').length > 1) throw new UsageError('--filename - can be given only once');
  return from;
}

/** @param outputs the default first */
function outputOf<T extends string>(texts: FlagTexts, outputs: readonly [T, ...T[]]): T {
  const word = textOf(texts, 'output') ?? outputs[0];
  const output = outputs.find(one => one === word);
  if (output !== undefined) return output;
  throw new UsageError(`--output ${JSON.stringify(word)} is not one of ${outputs.join(', ')}`);
}

function renderNodeOf(texts: FlagTexts): RenderNode {
  const addresses = parseFlag('list', texts.get('node-ip') ?? []).map(text => {
    const address = parseAddress(text);
    if (!address) throw new UsageError(`--node-ip ${JSON.stringify(text)} is no IP address`);
    return address.text;
  });
  return { name: textOf(texts, 'node-name'), addresses, zone: textOf(texts, 'zone') };
}

/** An empty text is as good as none. */
const textOf = (texts: FlagTexts, name: string): string | undefined => texts.get(name)?.at(-1) || undefined;

function isOn(texts: FlagTexts, name: string): boolean {
  const given = texts.get(name);
  return given !== undefined && parseFlag('boolean', given);
}
