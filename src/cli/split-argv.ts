import type { Flag } from './flags.ts';

export interface SplitArgv {
  /** Known flags as `--name=value`, one for each time they were given; what is unknown or has no value as it was. */
  readonly options: readonly string[];
  /** What is no flag and no value of one. */
  readonly operands: readonly string[];
}

/**
 * Takes a command line apart as Go's pflag does, which differs from what is usual here: a boolean never takes the next
 * argument, all others always do; `-v=4` is `-v 4`; underscores in names are dashes (component-base, WordSepNormalizeFunc).
 */
export function splitArgv(argv: readonly string[], flags: readonly Flag[]): SplitArgv {
  const byName = new Map(flags.map(flag => [flag.name, flag]));
  const byShort = new Map(flags.map(flag => [flag.short, flag]));
  const options: string[] = [];
  const operands: string[] = [];
  for (let i = 0; i < argv.length; i += 1) {
    const argument = argv[i] ?? '';
    if (argument === '--') return { options, operands: [...operands, ...argv.slice(i + 1)] };
    const parts = flagParts(argument);
    const flag = parts && (parts.isShort ? byShort.get(parts.name) : byName.get(parts.name));
    if (!parts) operands.push(argument);
    else if (!flag) options.push(`${parts.isShort ? '-' : '--'}${parts.name}`);
    else {
      const takesNext = parts.value === undefined && flag.kind !== 'boolean';
      if (takesNext) i += 1;
      const value = takesNext ? argv[i] : (parts.value ?? 'true');
      options.push(value === undefined ? `--${flag.name}` : `--${flag.name}=${value}`);
    }
  }
  return { options, operands };
}

interface FlagParts {
  readonly isShort: boolean;
  readonly name: string;
  /** Undefined where it would be the next argument. */
  readonly value: string | undefined;
}

function flagParts(argument: string): FlagParts | undefined {
  const long = /^--([^=]*)(?:=([\s\S]*))?$/.exec(argument);
  if (long) return { isShort: false, name: (long[1] ?? '').replaceAll('_', '-'), value: long[2] };
  const short = /^-([^-])=?([\s\S]*)$/.exec(argument);
  if (!short) return undefined;
  // An equal sign makes a value, even an empty one.
  const value = short[2] === '' && !argument.endsWith('=') ? undefined : short[2];
  return { isShort: true, name: short[1] ?? '', value };
}
