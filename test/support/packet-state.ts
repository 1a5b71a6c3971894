import { cidrContains, isLoopback, parseAddress, parseCidr } from '../../src/model/ip.ts';

/** A packet on its way through one node. It is replaced and never changed, since its way may fork. */
export interface PacketState {
  /** Empty for one that this host sent. */
  readonly interfaceName: string;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly mark: number;
  /** As the client sent it. */
  readonly original: { readonly destination: string; readonly port: number };
  readonly isTranslated: boolean;
  readonly isMasqueraded: boolean;
  /** Addresses of the host. */
  readonly hostAddresses: readonly string[];
  /** What the packet has put into dynamic maps: `map key` -> value. */
  readonly pins: ReadonlyMap<string, string>;
}

/** `10.244.1.10:8080`, `[fd00::10]:8080` */
export const formatDestination = ({ destination, port }: PacketState): string =>
  destination.includes(':') ? `[${destination}]:${port}` : `${destination}:${port}`;

export function isOfHost({ hostAddresses }: PacketState, address: string): boolean {
  const parsed = parseAddress(address);
  return hostAddresses.includes(address) || (parsed !== undefined && isLoopback(parsed));
}

/** Takes words of a rule one after the other. */
export class Words {
  readonly #words: readonly string[];
  #at = 0;

  constructor(rule: string) {
    this.#words = rule.split(' ');
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#words.length;
  }

  get rest(): string {
    return this.#words.slice(this.#at).join(' ');
  }

  next(): string {
    const word = this.#words[this.#at];
    if (word === undefined) throw new Error('the rule ends too early');
    this.#at += 1;
    return word;
  }

  /** Takes these words if they come next. */
  take(text: string): boolean {
    const words = text.split(' ');
    if (!words.every((word, i) => this.#words[this.#at + i] === word)) return false;
    this.#at += words.length;
    return true;
  }

  /** Takes these words. @throws Error where others come next */
  must(text: string): void {
    if (!this.take(text)) throw new Error(`a rule of unknown shape: "${this.rest}" should begin with "${text}"`);
  }
}

/** Values that an expression may have; none where the packet has no such field. */
type Values = readonly string[];

const numbers = (count: number, offset: number): Values => Array.from({ length: count }, (_, i) => String(offset + i));

function field(words: Words, state: PacketState): Values {
  for (const ip of ['ip', 'ip6']) {
    if (words.take(`${ip} saddr`)) return [state.source];
    if (words.take(`${ip} daddr`)) return [state.destination];
    if (words.take(`ct original ${ip} saddr`)) return [state.source];
    if (words.take(`ct original ${ip} daddr`)) return [state.original.destination];
  }
  for (const protocol of ['tcp', 'udp', 'sctp']) {
    if (words.take(`${protocol} dport`)) return state.protocol === protocol ? [String(state.port)] : [];
  }
  if (words.take('ct original proto-dst')) return [String(state.original.port)];
  if (words.take('ct state')) return ['new'];
  if (words.take('ct status')) return [state.isTranslated ? 'dnat' : ''];
  if (words.take('meta l4proto')) return [state.protocol];
  if (words.take('th dport')) return [String(state.port)];
  if (words.take('fib saddr type')) return [isOfHost(state, state.source) ? 'local' : 'unicast'];
  if (words.take('fib daddr type')) return [isOfHost(state, state.destination) ? 'local' : 'unicast'];
  if (words.take('iifname')) return [state.interfaceName];
  return generated(words, state);
}

/** By a hash of this range an IPv6 client is known again, so it is always the same: see affinity-rules.ts. */
const CLIENT_HASHES = 2 ** 31 - 1;

/** Any number may come, also of a hash: who is sent where by it is not what a trace is about. */
function generated(words: Words, { source }: PacketState): Values {
  const isHash = words.take('jhash ip saddr mod') || words.take('jhash ip6 saddr mod');
  if (!isHash) words.must('numgen random mod');
  const count = Number(words.next());
  if (isHash) words.must('seed 0x1');
  if (isHash && count === CLIENT_HASHES) return [`hash of ${source}`];
  return numbers(count, words.take('offset') ? Number(words.next()) : 0);
}

/** Reads fields joined by dots. @returns each value that they may have together */
export function keysOf(words: Words, state: PacketState): Values {
  let keys = field(words, state);
  while (words.take('.')) {
    const more = field(words, state);
    keys = keys.flatMap(key => more.map(value => `${key} . ${value}`));
  }
  return keys;
}

/** Whether an element of an interval set holds a key: in its last part, as its others are single values. */
export function holds(element: string, key: string): boolean {
  const cut = (text: string): [string, string] => {
    const dot = text.lastIndexOf(' . ');
    return [text.slice(0, Math.max(dot, 0)), dot === -1 ? text : text.slice(dot + 3)];
  };
  const [elementHead, elementTail] = cut(element);
  const [keyHead, keyTail] = cut(key);
  if (elementHead !== keyHead) return false;
  const cidr = parseCidr(elementTail);
  const address = parseAddress(keyTail);
  return cidr && address ? cidrContains(cidr, address) : elementTail === keyTail;
}
