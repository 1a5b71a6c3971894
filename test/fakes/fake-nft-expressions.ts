// The rules of src/backend/nftables, as nft 1.1.3 prints them in JSON. test/kernel/fake-nft.test.ts compares with the real one.

type Json = Readonly<Record<string, unknown>>;

/** A rule's text word by word. */
class Words {
  readonly #words: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#words = text.trim().split(/\s+/);
  }

  get isEnd(): boolean {
    return this.#at === this.#words.length;
  }

  peek(ahead = 0): string | undefined {
    return this.#words[this.#at + ahead];
  }

  next(): string {
    const word = this.#words[this.#at];
    if (word === undefined) throw new Error(`the fake nft does not know the rule ${this.#words.join(' ')}`);
    this.#at += 1;
    return word;
  }

  /** Goes on if these come next. */
  take(...words: readonly string[]): boolean {
    if (!words.every((word, i) => this.peek(i) === word)) return false;
    this.#at += words.length;
    return true;
  }

  expect(...words: readonly string[]): void {
    if (!this.take(...words)) throw new Error(`the fake nft does not know the rule ${this.#words.join(' ')}`);
  }
}

/** The `expr` of a rule. @throws Error for a rule that is not made of what ours are made of: a fault of the test */
export function ruleExpression(text: string): readonly unknown[] {
  const words = new Words(text);
  const statements: Json[] = [];
  while (!words.isEnd) statements.push(statement(words));
  const [, second] = statements;
  // nft leaves out the match of the protocol where the ports in the statement after it imply it.
  const written = second?.['map'] as { readonly data: Json } | undefined;
  return written && 'concat' in written.data ? statements.slice(1) : statements;
}

/** `numgen random mod 2 . ip daddr`, as in the `typeof` of a declaration. */
export function keyExpressions(text: string): readonly Json[] {
  const words = new Words(text);
  const parts = concatenation(words);
  if (!words.isEnd) throw new Error(`the fake nft does not know the key ${text}`);
  return parts;
}

export const joined = (parts: readonly Json[]): Json => (parts.length === 1 ? parts[0]! : { concat: parts });

const SIMPLE: readonly string[] = ['drop', 'accept', 'return'];

function statement(words: Words): Json {
  for (const verb of SIMPLE) if (words.take(verb)) return { [verb]: null };
  if (words.take('reject', 'with', 'tcp', 'reset')) return { reject: { type: 'tcp reset' } };
  if (words.take('reject')) return { reject: { expr: 'port-unreachable' } };
  if (words.take('masquerade', 'fully-random')) return { masquerade: { flags: 'fully-random' } };
  for (const verb of ['goto', 'jump']) if (words.take(verb)) return { [verb]: { target: words.next() } };
  if (words.take('meta', 'mark', 'set')) return { mangle: { key: MARK, value: binary(words) } };
  if (words.take('dnat')) {
    const family = words.peek() === 'to' ? undefined : words.next();
    words.expect('to');
    const addr = target(words);
    return words.take(':')
      ? { dnat: { addr, port: lookup(words) } }
      : { dnat: { ...(family !== undefined && { family }), addr } };
  }
  if (words.take('update')) return { map: update(words) };
  return match(words);
}

/** Of a packet itself, or by a map. */
function target(words: Words): Json {
  const key = joined(concatenation(words));
  return words.take('map') ? { map: { key, data: words.next() } } : key;
}

function lookup(words: Words): Json {
  const key = joined(concatenation(words));
  words.expect('map');
  return { map: { key, data: words.next() } };
}

const MARK: Json = { meta: { key: 'mark' } };

/** `meta mark | 0x4000` */
function binary(words: Words): Json {
  words.expect('meta', 'mark');
  return { [words.next()]: [MARK, Number(words.next())] };
}

function update(words: Words): Json {
  const map = words.next();
  words.expect('{');
  const val = joined(concatenation(words));
  words.expect('timeout');
  const timeout = Number.parseInt(words.next(), 10);
  words.expect(':');
  const data = joined(concatenation(words));
  words.expect('}');
  return { op: 'update', elem: { elem: { val, timeout } }, data, map };
}

function match(words: Words): Json {
  const left = words.peek() === 'meta' && words.peek(2) === '&' ? binary(words) : joined(concatenation(words));
  if (words.take('vmap')) return { vmap: { key: left, data: words.next() } };
  const isBits = 'ct' in left && words.peek() !== '!=' && !words.peek()?.startsWith('@');
  const op = words.take('!=') ? '!=' : isBits ? 'in' : '==';
  return { match: { op, left, right: right(words.next()) } };
}

function right(word: string): unknown {
  if (word.startsWith('0x')) return Number(word);
  if (word.startsWith('"')) return word.slice(1, -1);
  const [addr, length] = word.split('/');
  return length === undefined ? word : { prefix: { addr, len: Number(length) } };
}

function concatenation(words: Words): Json[] {
  const parts = [part(words)];
  while (words.take('.')) parts.push(part(words));
  return parts;
}

function part(words: Words): Json {
  const kind = words.next();
  switch (kind) {
    case 'iifname':
      return { meta: { key: 'iifname' } };
    case 'meta':
      return { meta: { key: words.next() } };
    case 'fib': {
      const flags = [words.next()];
      return { fib: { result: words.next(), flags } };
    }
    case 'ct': {
      if (!words.take('original')) return { ct: { key: words.next() } };
      const key = words.next();
      return { ct: { key: key.startsWith('ip') ? `${key} ${words.next()}` : key, dir: 'original' } };
    }
    case 'numgen': {
      const mode = words.next();
      words.expect('mod');
      return { numgen: { mode, mod: Number(words.next()), offset: offset(words) ?? 0 } };
    }
    case 'jhash': {
      const expr = part(words);
      words.expect('mod');
      const mod = Number(words.next());
      words.expect('seed');
      const seed = Number(words.next());
      const shift = offset(words);
      return { jhash: { mod, seed, ...(shift !== undefined && { offset: shift }), expr } };
    }
    default:
      return { payload: { protocol: kind, field: words.next() } };
  }
}

/** Large numbers are printed as negative ones. */
const offset = (words: Words): number | undefined => (words.take('offset') ? Number(words.next()) | 0 : undefined);
