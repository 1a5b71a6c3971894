import { parseDuration } from './duration.ts';
import { notADuration } from './field-types.ts';
import { quote } from './problem.ts';
import type { VmoduleItem } from './sections/logging.ts';

/** What a flag may hold; the kinds are those of Go's pflag and of Kubernetes' component-base. */
export interface FlagValueTypes {
  string: string;
  boolean: boolean;
  int32: number;
  float: number;
  /** Milliseconds. */
  duration: number;
  /** Comma separated; more of the flag adds to it. */
  list: readonly string[];
  /** `name=bool`, comma separated; more of the flag adds to it. */
  gates: Readonly<Record<string, boolean>>;
  verbosity: number;
  /** `pattern=N`, comma separated; the last one of the flag counts. */
  vmodule: readonly VmoduleItem[];
}

export type FlagKind = keyof FlagValueTypes;

/** The flags that were given, by name without dashes; with each text, in order, that it was given. */
export type FlagTexts = ReadonlyMap<string, readonly string[]>;

/** The text is no value of the flag's kind. */
export class FlagValueError extends Error {}

type Parsers = { [Kind in FlagKind]: (texts: readonly string[]) => FlagValueTypes[Kind] };

const lastOf =
  <Value>(parse: (text: string) => Value) =>
  (texts: readonly string[]): Value => {
    const value = texts.map(text => parse(text)).at(-1);
    if (value === undefined) throw new FlagValueError('needs a value');
    return value;
  };

const parseInt32 = (text: string): number => parseInteger(text, -(2 ** 31), 2 ** 31 - 1);
const parseVerbosity = (text: string): number => parseInteger(text, 0, 2 ** 31 - 1);

const PARSERS: Parsers = {
  string: lastOf(text => text),
  boolean: lastOf(parseBoolean),
  int32: lastOf(parseInt32),
  float: lastOf(parseFloatText),
  duration: lastOf(parseDurationText),
  list: texts => texts.flatMap(splitList),
  gates: texts => Object.fromEntries(texts.flatMap(splitList).filter(Boolean).map(parseGate)),
  verbosity: lastOf(parseVerbosity),
  vmodule: lastOf(text => splitList(text).filter(Boolean).map(parseVmoduleItem)),
};

/**
 * Reads the value of a flag, as pflag does: of repeated ones the last counts, lists add up, and each text must be right.
 * @throws FlagValueError
 */
export function parseFlag<Kind extends FlagKind>(kind: Kind, texts: readonly string[]): FlagValueTypes[Kind] {
  return PARSERS[kind](texts);
}

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

/** The words of Go's strconv.ParseBool. */
function parseBoolean(text: string): boolean {
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  throw new FlagValueError(`${quote(text)} is neither true nor false`);
}

function parseInteger(text: string, low: number, high: number): number {
  const number = /^[+-]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(number >= low && number <= high))
    throw new FlagValueError(`${quote(text)} is no whole number from ${low} to ${high}`);
  return number;
}

function parseFloatText(text: string): number {
  const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(number)) throw new FlagValueError(`${quote(text)} is no number`);
  return number;
}

function parseDurationText(text: string): number {
  const ms = parseDuration(text);
  if (ms === undefined) throw new FlagValueError(notADuration(text));
  return ms;
}

/** An empty text is an empty list; an empty item between commas stays, to be refused where it makes no sense. */
const splitList = (text: string): readonly string[] => (text === '' ? [] : text.split(','));

function parseGate(text: string): [string, boolean] {
  const [name, value] = splitPair(text);
  return [name, parseBoolean(value)];
}

function parseVmoduleItem(text: string): VmoduleItem {
  const [filePattern, value] = splitPair(text);
  return { filePattern, verbosity: parseVerbosity(value) };
}

function splitPair(text: string): [string, string] {
  const at = text.indexOf('=');
  const name = text.slice(0, at).trim();
  if (at === -1 || name === '') throw new FlagValueError(`${quote(text)} is not name=value`);
  return [name, text.slice(at + 1).trim()];
}
