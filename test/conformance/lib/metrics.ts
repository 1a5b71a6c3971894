// Reading metrics in the Prometheus text format, and comparing numbers.

const SERIES = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** Sums the series of a metric that carry the labels; undefined when there is none. */
export function sumMetric(
  text: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const values = text.split('\n').flatMap(line => {
    const [, of, inside = '', value] = SERIES.exec(line) ?? [];
    if (of !== name) return [];
    const own = new Map([...inside.matchAll(LABEL)].map(([, key, text]) => [key, text]));
    return Object.entries(labels).every(([key, wanted]) => own.get(key) === wanted) ? [Number(value)] : [];
  });
  return values.length ? values.reduce((sum, value) => sum + value, 0) : undefined;
}

const COMPARE = {
  '==': (a: number, b: number) => a === b,
  '!=': (a: number, b: number) => a !== b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
};
export type Operator = keyof typeof COMPARE;

/** Whether a comparison holds; never for a number that is not there. */
export const compare = (actual: number | undefined, operator: Operator, expected: number): boolean =>
  actual !== undefined && COMPARE[operator](actual, expected);
