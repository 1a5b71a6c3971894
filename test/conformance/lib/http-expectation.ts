// Judging the answer to one HTTP request.

/** What came back, or why nothing did. */
export type HttpAnswer =
  | {
      readonly status: number;
      readonly headers: Readonly<Record<string, string | string[] | undefined>>;
      readonly body: string;
      readonly error?: undefined;
    }
  | { readonly error: string; readonly status?: undefined };

export interface HttpExpectation {
  readonly status?: number;
  /** What the values begin with. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly bodyIncludes?: string | readonly string[];
  /** A part of the body; arrays are compared as a whole. */
  readonly json?: unknown;
  /** No answer but this error. */
  readonly error?: string | readonly string[];
  /** One of these must hold; nothing else is looked at. */
  readonly anyOf?: readonly HttpExpectation[];
}

const isObject = (value: unknown): value is Record<string, unknown> => value !== null && typeof value === 'object';

function contains(actual: unknown, expected: unknown): boolean {
  if (!isObject(expected)) return Object.is(actual, expected);
  if (Array.isArray(expected)) {
    const isAsLong = Array.isArray(actual) && actual.length === expected.length;
    return isAsLong && expected.every((item, i) => contains(actual[i], item));
  }
  return isObject(actual) && Object.entries(expected).every(([key, item]) => contains(actual[key], item));
}

function judgeJson(text: string, expected: unknown): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return 'the body is not JSON';
  }
  return contains(body, expected) ? undefined : `the body lacks ${JSON.stringify(expected)}`;
}

/** Says why one HTTP answer is not as expected; undefined when it is. */
export function judgeHttp(answer: HttpAnswer, expect: HttpExpectation): string | undefined {
  if (expect.anyOf) {
    return expect.anyOf.some(one => !judgeHttp(answer, one)) ? undefined : 'none of the alternatives holds';
  }
  if (expect.error) {
    const allowed: readonly (string | undefined)[] = [expect.error].flat();
    return allowed.includes(answer.error) ? undefined : `expected ${allowed.join(' or ')}`;
  }
  if (answer.error !== undefined) return `no answer: ${answer.error}`;
  const { status, headers, body } = answer;
  if (expect.status && status !== expect.status) return `status ${status}, not ${expect.status}`;
  for (const [name, value] of Object.entries(expect.headers ?? {})) {
    const shown = String(headers[name.toLowerCase()] ?? '');
    if (!shown.startsWith(value)) return `header ${name} is ${shown}, not ${value}`;
  }
  const missing = [expect.bodyIncludes ?? []].flat().find(text => !body.includes(text));
  if (missing !== undefined) return `the body lacks ${missing}`;
  return expect.json === undefined ? undefined : judgeJson(body, expect.json);
}
