import { dirname, join } from 'node:path/posix';

/** One import of a source file. */
export interface Import {
  /** A file of the tree for a relative one (`src/model/ip.ts`), else as it is written: `node:net`, `zod`. */
  readonly target: string;
  /** Nothing of it is there at run time. */
  readonly isType: boolean;
}

/** Which imports the files of a part of the tree may have. */
export interface Zone {
  readonly name: string;
  readonly files: RegExp;
  /** What may be imported besides the files of the zone itself. */
  readonly may: readonly RegExp[];
  /** And of what the types alone. */
  readonly mayTypes?: readonly RegExp[];
  /** Same input, same output: no clock, no chance, no waiting, no process. */
  readonly isPure?: true;
}

const IMPORT = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
const DYNAMIC = /\bimport\(\s*'([^']+)'\s*\)/g;

/** @param file its path in the tree. @returns what a source text imports and re-exports, dynamic imports included */
export function importsOf(file: string, text: string): Import[] {
  const resolve = (target: string): string => (target.startsWith('.') ? join(dirname(file), target) : target);
  return [
    ...[...text.matchAll(IMPORT)].map(([, type, target = '']) => ({
      target: resolve(target),
      isType: type !== undefined,
    })),
    ...[...text.matchAll(DYNAMIC)].map(([, target = '']) => ({ target: resolve(target), isType: false })),
  ];
}

/** @returns what is wrong with the imports of a source text: `src/model/ip.ts (model) must not import zod` */
export function wrongImports(file: string, text: string, zones: readonly Zone[]): string[] {
  const zone = zones.find(({ files }) => files.test(file));
  if (!zone) return [`${file} is in no part of the tree that is known`];
  const { may, mayTypes = [], files } = zone;
  return importsOf(file, text)
    .filter(({ target, isType }) => {
      const allowed = [files, ...may, ...(isType ? mayTypes : [])];
      return !allowed.some(pattern => pattern.test(target));
    })
    .map(({ target, isType }) => `${file} (${zone.name}) must not import ${isType ? 'types of ' : ''}${target}`);
}

const COMMENTS_AND_STRINGS = /\/\*[\s\S]*?\*\/|(?<![:'"`\\])\/\/[^\n]*|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g;
const IMPURE =
  /\bawait\b|\bDate\b|\bMath\.random\b|\bperformance\b|\bprocess\b|\bconsole\b|\bset(?:Timeout|Interval|Immediate)\b|\bqueueMicrotask\b|\bcrypto\b|\bglobalThis\b/g;

/** @returns the words in a source text by which its output may differ from one time to the next; comments and strings do not count */
export const impurities = (text: string): string[] => [
  ...new Set(text.replaceAll(COMMENTS_AND_STRINGS, '').match(IMPURE)),
];

const MAX_LINES = 400;

/** @returns whether a source text is too long to be read in one go */
export const isTooLong = (text: string): boolean => text.trimEnd().split('\n').length > MAX_LINES;

const VAGUE = /(?:^|\/)(?:[a-z-]+-)?(?:utils?|helpers?|common|misc)\.\w+$|(?:^|\/)index\.\w+$/;

/** @returns whether a name tells nothing of what is in the file */
export const isVague = (file: string): boolean => VAGUE.test(file);

/** @param imports of each file. @returns each circle once, from its first file by name: `a.ts -> b.ts -> a.ts` */
export function circles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const found = new Set<string>();
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    const start = path.indexOf(file);
    if (start !== -1) {
      const circle = path.slice(start);
      const first = circle.indexOf(circle.toSorted()[0]!);
      found.add([...circle.slice(first), ...circle.slice(0, first), circle[first]].join(' -> '));
      return;
    }
    if (done.has(file)) return;
    for (const target of imports.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return [...found].toSorted();
}
