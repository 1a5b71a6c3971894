// nft's JSON of a rule -> the rule as this project writes it. Only what our own rules are made of; anything else has no
// text, so a rule that somebody else put into our table never looks like one of ours.

import { formatMark } from './rule-parts.ts';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The text of a rule's `expr`, or undefined where it holds something that no rule of ours does. */
export function ruleText(statements: unknown): string | undefined {
  if (!Array.isArray(statements)) return undefined;
  const texts = statements.map(statementText);
  if (texts.includes(undefined)) return undefined;
  const text = texts.join(' ');
  // nft leaves out the match of the protocol where the ports in the rule imply it.
  const l4 = /^update @affinity-(\w+)/.exec(text)?.[1];
  return l4 === undefined ? text : `meta l4proto ${l4} ${text}`;
}

function statementText(statement: unknown): string | undefined {
  // What nft 1.0.6 cannot print as JSON it prints as text.
  if (typeof statement === 'string')
    return statement.replace(/timeout (\w+)/, (_, time: string) => `timeout ${secondsOf(time)}s`);
  if (!isObject(statement)) return undefined;
  const [verb] = Object.keys(statement);
  const body = statement[verb ?? ''];
  switch (verb) {
    case 'match':
      return matchText(body);
    case 'vmap':
      return isObject(body) ? all`${keyText(body['key'])} vmap ${text(body['data'])}` : undefined;
    case 'goto':
    case 'jump':
      return isObject(body) ? all`${verb} ${text(body['target'])}` : undefined;
    case 'mangle':
      return isObject(body) ? all`${keyText(body['key'])} set ${binaryText(body['value'])}` : undefined;
    case 'dnat':
      return dnatText(body);
    case 'map':
      return updateText(body);
    case 'masquerade':
      return isObject(body) && flagsText(body['flags']) === 'fully-random' ? 'masquerade fully-random' : undefined;
    case 'reject':
      return isDefaultReject(body) ? 'reject' : isReset(body) ? 'reject with tcp reset' : undefined;
    case 'drop':
    case 'accept':
    case 'return':
      return verb;
    case undefined:
    default:
      return undefined;
  }
}

/** A template whose value is undefined as soon as one of its parts is. */
function all(strings: TemplateStringsArray, ...parts: (string | undefined)[]): string | undefined {
  return parts.includes(undefined) ? undefined : String.raw({ raw: strings }, ...parts);
}

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const flagsText = (flags: unknown): string | undefined => (Array.isArray(flags) ? text(flags[0]) : text(flags));

/** `reject` says port-unreachable where nothing else is said. */
function isDefaultReject(body: unknown): boolean {
  if (body === null) return true;
  return isObject(body) && body['expr'] === 'port-unreachable' && ['icmp', 'icmpv6'].includes(String(body['type']));
}

const isReset = (body: unknown): boolean =>
  isObject(body) && body['type'] === 'tcp reset' && Object.keys(body).length === 1;

function matchText(body: unknown): string | undefined {
  if (!isObject(body)) return undefined;
  const { op, left, right } = body;
  const operator = op === '==' || op === 'in' ? '' : op === '!=' ? '!= ' : undefined;
  const isMark = isObject(left) && '&' in left;
  if (isHighestBit(left, right)) return all`meta mark & ${formatMark(2 ** 31)} ${operator}${formatMark(0)}`;
  return all`${isMark ? binaryText(left) : keyText(left)} ${operator}${valueText(right, isMark, left)}`;
}

/** nft 1.0.6 takes a mask of leading ones for a prefix: `mark & 0x80000000 != 0` comes back as `mark != 0/1`. */
function isHighestBit(left: unknown, right: unknown): boolean {
  const isMark = isObject(left) && isObject(left['meta']) && left['meta']['key'] === 'mark';
  const prefix = isObject(right) && isObject(right['prefix']) ? right['prefix'] : undefined;
  return isMark && prefix?.['addr'] === 0 && prefix['len'] === 1;
}

function binaryText(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const [operator] = Object.keys(value);
  const operands = value[operator ?? ''];
  if (operator === undefined || !['|', '&', '^'].includes(operator) || !Array.isArray(operands)) return undefined;
  const [left, right] = operands as unknown[];
  return all`${keyText(left)} ${operator} ${typeof right === 'number' ? formatMark(right) : undefined}`;
}

function valueText(value: unknown, isMark: boolean, left: unknown): string | undefined {
  if (typeof value === 'number') return isMark ? formatMark(value) : String(value);
  if (typeof value === 'string') {
    const isInterface = isObject(left) && isObject(left['meta']) && left['meta']['key'] === 'iifname';
    return isInterface ? `"${value}"` : value;
  }
  const prefix = isObject(value) ? value['prefix'] : undefined;
  return isObject(prefix) ? `${String(prefix['addr'])}/${String(prefix['len'])}` : undefined;
}

function keyText(key: unknown): string | undefined {
  if (!isObject(key)) return undefined;
  const [kind] = Object.keys(key);
  const body = key[kind ?? ''];
  if (kind === 'concat' && Array.isArray(body)) {
    const parts = body.map(keyText);
    return parts.includes(undefined) ? undefined : parts.join(' . ');
  }
  if (!isObject(body)) return undefined;
  switch (kind) {
    case 'payload':
      return all`${text(body['protocol'])} ${text(body['field'])}`;
    case 'meta':
      return body['key'] === 'iifname' ? 'iifname' : all`meta ${text(body['key'])}`;
    case 'ct':
      return body['dir'] === undefined
        ? all`ct ${text(body['key'])}`
        : all`ct ${text(body['dir'])} ${text(body['key'])}`;
    case 'fib':
      return all`fib ${flagsText(body['flags'])} ${text(body['result'])}`;
    case 'jhash':
      return all`jhash ${keyText(body['expr'])} mod ${String(body['mod'])} seed 0x${Number(body['seed']).toString(16)}${offsetText(body)}`;
    case 'numgen':
      return `numgen ${String(body['mode'])} mod ${String(body['mod'])}${offsetText(body)}`;
    default:
      return undefined;
  }
}

function dnatText(body: unknown): string | undefined {
  if (!isObject(body)) return undefined;
  if (Object.keys(body).length === 1) return all`dnat to ${keyText(body['addr'])}`;
  if (Object.keys(body).length !== 2) return undefined;
  const address = lookupText(body['addr']);
  // nft tells no family where it tells a port.
  return 'port' in body
    ? all`dnat to ${address} : ${lookupText(body['port'])}`
    : all`dnat ${text(body['family'])} to ${address}`;
}

function lookupText(value: unknown): string | undefined {
  const map = isObject(value) ? value['map'] : undefined;
  return isObject(map) ? all`${keyText(map['key'])} map ${text(map['data'])}` : undefined;
}

/** Large offsets are printed as negative numbers. */
const offsetText = ({ offset }: Json): string => (offset ? ` offset ${Number(offset) >>> 0}` : '');

/** `1h30m` as nft prints it, in seconds. */
function secondsOf(time: string): number {
  const units: Record<string, number> = { d: 86_400, h: 3600, m: 60, s: 1 };
  return [...time.matchAll(/(\d+)([dhms])(?!s)/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * units[unit ?? '']!,
    0,
  );
}

/** `update @map { key timeout 10s : value }`, as nft 1.1 prints it. */
function updateText(body: unknown): string | undefined {
  const elem = isObject(body) && isObject(body['elem']) ? body['elem']['elem'] : undefined;
  if (!isObject(body) || !isObject(elem)) return undefined;
  return all`${text(body['op'])} ${text(body['map'])} { ${keyText(elem['val'])} timeout ${String(elem['timeout'])}s : ${keyText(body['data'])} }`;
}
