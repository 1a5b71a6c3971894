import type { Problem } from './types.ts';

/** A JSON object of which nothing is known yet. */
export type Raw = Readonly<Record<string, unknown>>;

export const isRaw = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const EMPTY_RAW: Raw = Object.freeze({});
export const NONE: readonly never[] = Object.freeze([]);

/** The same list without the room for 16 more that an array gets when something is pushed to it: for lists that are kept. */
export const exact = <T>(list: readonly T[]): readonly T[] => list.slice();

/**
 * Reads fields of JSON that may be anything. Missing and null is the fallback (as in Go's decoding); a wrong type is the
 * fallback too, and a Problem. Paths are put together only for a Problem: this runs for each of 250,000 endpoints.
 */
export class FieldReader {
  readonly #object: string;
  readonly #problems: Problem[] = [];
  #list = '';
  #index = 0;

  /** @param object how Problems name the object: `Service default/web` */
  constructor(object: string) {
    this.#object = object;
  }

  get problems(): readonly Problem[] {
    return this.#problems.length > 0 ? this.#problems : NONE;
  }

  /** From here on fields are those of `list[index]`; an empty list name leads back to the top. */
  enter(list: string, index = 0): void {
    this.#list = list;
    this.#index = index;
  }

  report(field: string, message: string): void {
    const path = this.#list ? `${this.#list}[${this.#index}]${field && `.${field}`}` : field;
    this.#problems.push({ object: this.#object, field: path, message });
  }

  text(value: unknown, field: string, fallback = ''): string {
    if (typeof value === 'string') return value;
    return this.#fallback(value, field, 'a string', fallback);
  }

  /** Ports, seconds: a whole number. */
  integer(value: unknown, field: string, fallback = 0): number {
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
    return this.#fallback(value, field, 'a whole number', fallback);
  }

  flag(value: unknown, field: string, fallback: boolean): boolean {
    if (typeof value === 'boolean') return value;
    return this.#fallback(value, field, 'true or false', fallback);
  }

  raw(value: unknown, field: string): Raw {
    return isRaw(value) ? value : this.#fallback(value, field, 'an object', EMPTY_RAW);
  }

  list(value: unknown, field: string): readonly unknown[] {
    return Array.isArray(value) ? value : this.#fallback(value, field, 'a list', NONE);
  }

  /** A list of strings; elements of another type are left out. */
  texts(value: unknown, field: string): readonly string[] {
    const list = this.list(value, field);
    if (list.length === 0) return NONE;
    const texts: string[] = [];
    list.forEach((element, index) => {
      if (typeof element === 'string') texts.push(element);
      else this.report(`${field}[${index}]`, `is ${kindOf(element)}, not a string`);
    });
    return exact(texts);
  }

  #fallback<T>(value: unknown, field: string, expected: string, fallback: T): T {
    if (value !== undefined && value !== null) this.report(field, `is ${kindOf(value)}, not ${expected}`);
    return fallback;
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return `the number ${value}`;
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
