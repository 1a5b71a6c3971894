// Walks a packet through a rendered ruleset as the kernel would, so that a golden case says what its text means. Where a rule chooses
// by chance, the packet goes every way. A rule of a shape that is not known here is an error, never passed over.

import type { LoadedChain, LoadedRuleset, LoadedTable } from './load-ruleset.ts';
import { formatDestination, holds, isOfHost, keysOf, Words, type PacketState } from './packet-state.ts';

export interface Packet {
  /** Where it comes in: from a pod of this node, from this host itself, or from anywhere else. */
  readonly from: 'pod' | 'host' | 'outside';
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly protocol: PacketState['protocol'];
  /** Addresses of the host. */
  readonly hostAddresses: readonly string[];
  /** What packets before this one have put into dynamic maps. */
  readonly pins?: PacketState['pins'];
}

export interface TraceOutcome {
  /** The endpoint that the packet goes to; else `drop`, `reject`, or `pass`: none of our rules wants it. */
  readonly to: string;
  readonly isMasqueraded: boolean;
  /** What is left of the packet's mark. */
  readonly mark: number;
  readonly pins: PacketState['pins'];
}

/** What becomes of a packet in a rule or chain. `end`: the chain is left, by its end or by a goto. */
type Fate = 'next' | 'end' | 'accept' | 'drop' | 'reject';
type Branch = readonly [PacketState, Fate];

const INTERFACES = { pod: 'veth1', host: '', outside: 'eth0' } as const;

/** @returns where the packet may end up, each way once, sorted. @throws Error for rules that it does not know */
export function tracePacket(ruleset: LoadedRuleset, packet: Packet): TraceOutcome[] {
  const { from, destination, port, pins = new Map<string, string>(), ...rest } = packet;
  const table = ruleset.get(destination.includes(':') ? 'ip6' : 'ip');
  if (!table) throw new Error(`there is no table for ${destination}`);
  const start: PacketState = {
    ...rest,
    destination,
    port,
    pins,
    interfaceName: INTERFACES[from],
    original: { destination, port },
    mark: 0,
    isTranslated: false,
    isMasqueraded: false,
  };
  const branches = from === 'host' ? sent(table, start) : received(table, start);
  const outcomes = branches.map(([state, fate]): TraceOutcome => {
    const to = fate === 'drop' || fate === 'reject' ? fate : state.isTranslated ? formatDestination(state) : 'pass';
    return { to, isMasqueraded: state.isMasqueraded && fate === 'next', mark: state.mark, pins: state.pins };
  });
  const byText = new Map(outcomes.map(one => [`${one.to} ${one.isMasqueraded}`, one]));
  return [...byText].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

/** Goes on with each branch that is still on its way. */
const onward = (branches: readonly Branch[], go: (state: PacketState) => Branch[]): Branch[] =>
  branches.flatMap(([state, fate]): Branch[] => (fate === 'next' ? go(state) : [[state, fate]]));

function received(table: LoadedTable, start: PacketState): Branch[] {
  return onward(hook(table, 'prerouting', start), state =>
    isOfHost(state, state.destination)
      ? hook(table, 'input', state)
      : onward(hook(table, 'forward', state), forwarded => hook(table, 'postrouting', forwarded)),
  );
}

/** To the host itself it comes back by the loopback interface, where nothing is translated any more. */
function sent(table: LoadedTable, start: PacketState): Branch[] {
  const out = onward(hook(table, 'output', start), state => hook(table, 'postrouting', state));
  return onward(out, state => {
    if (!isOfHost(state, state.destination)) return [[state, 'next']];
    const back = hook(table, 'prerouting', { ...state, interfaceName: 'lo' }, ['filter']);
    return onward(back, again => hook(table, 'input', again, ['filter']));
  });
}

function hook(
  table: LoadedTable,
  name: string,
  start: PacketState,
  types: readonly LoadedChain['type'][] = ['nat', 'filter'],
): Branch[] {
  const chains = [...table.chains.values()]
    .filter(chain => chain.hook === name && types.includes(chain.type))
    .toSorted((a, b) => a.priority - b.priority);
  let branches: Branch[] = [[start, 'next']];
  for (const chain of chains)
    branches = onward(branches, state => runChain(table, chain, state, 0).map(afterBaseChain));
  return branches;
}

const afterBaseChain = ([state, fate]: Branch): Branch => [state, fate === 'drop' || fate === 'reject' ? fate : 'next'];

function runChain(table: LoadedTable, chain: LoadedChain, state: PacketState, at: number): Branch[] {
  const rule = chain.rules[at];
  if (rule === undefined) return [[state, 'end']];
  return onward(runRule(table, rule, state), after => runChain(table, chain, after, at + 1));
}

function runRule(table: LoadedTable, rule: string, start: PacketState): Branch[] {
  const words = new Words(rule);
  let state = start;
  try {
    while (!words.isAtEnd) {
      const done = statement(table, words, state);
      if (Array.isArray(done)) return done;
      state = done;
    }
  } catch (error) {
    throw new Error(`"${rule}": ${String(error)}`, { cause: error });
  }
  return [[state, 'next']];
}

const SKIPPED = Symbol('the rest of the rule does not count');

/** @returns the packet as it goes on to the next statement, or what has become of it. */
function statement(table: LoadedTable, words: Words, state: PacketState): PacketState | Branch[] {
  // Of this rule nft makes one for TCP only.
  if (words.take('reject with tcp reset')) return [[state, state.protocol === 'tcp' ? 'reject' : 'next']];
  if (words.take('return')) return [[state, 'end']];
  for (const fate of ['drop', 'reject'] as const) if (words.take(fate)) return [[state, fate]];
  if (words.take('masquerade fully-random')) return [[{ ...state, isMasqueraded: true }, 'accept']];
  if (words.take('meta mark set meta mark')) return { ...state, mark: combined(state.mark, words) };
  if (words.take('dnat to ip daddr') || words.take('dnat to ip6 daddr')) return unchanged(words, state);
  if (words.take('dnat ip to') || words.take('dnat ip6 to') || words.take('dnat to'))
    return translate(table, words, state);
  if (words.take('update')) return pin(words, state);
  if (words.take('meta mark &')) {
    const isSet = (state.mark & Number(words.next())) !== 0;
    words.must('!= 0x00000000');
    return isSet ? state : [[state, 'next']];
  }
  for (const verb of ['jump', 'goto'] as const) {
    if (words.take(verb)) return follow(table, `${verb} ${words.next()}`, state);
  }
  const next = match(table, words, state);
  return next === SKIPPED ? [[state, 'next']] : next;
}

function combined(mark: number, words: Words): number {
  if (words.take('|')) return (mark | Number(words.next())) >>> 0;
  words.must('^');
  return (mark ^ Number(words.next())) >>> 0;
}

function follow(table: LoadedTable, verdict: string, state: PacketState): Branch[] {
  if (verdict === 'drop' || verdict === 'accept') return [[state, verdict]];
  if (verdict === 'return') return [[state, 'end']];
  const [verb, name = ''] = verdict.split(' ');
  const chain = table.chains.get(name);
  if (!chain || (verb !== 'jump' && verb !== 'goto')) throw new Error(`a verdict of unknown shape: "${verdict}"`);
  // The end of a chain that was jumped to leads back; where it was gone to, so does the end of this one.
  return runChain(table, chain, state, 0).map(([after, fate]) => [
    after,
    fate === 'end' && verb === 'jump' ? 'next' : fate,
  ]);
}

function match(table: LoadedTable, words: Words, state: PacketState): PacketState | Branch[] | typeof SKIPPED {
  const [key, ...others] = keysOf(words, state);
  if (others.length) throw new Error('a choice by chance where none is expected');
  if (words.take('vmap')) {
    const verdict = key === undefined ? undefined : lookUp(table, words.next(), key, state);
    if (verdict !== undefined) return follow(table, verdict, state);
    return SKIPPED;
  }
  const isNegated = words.take('!=');
  const operand = words.next();
  const isEqual =
    key !== undefined &&
    (operand.startsWith('@') ? lookUp(table, operand, key, state) !== undefined : equals(operand, key));
  return isEqual === isNegated ? SKIPPED : state;
}

function equals(operand: string, key: string): boolean {
  if (!operand.startsWith('"')) return holds(operand, key);
  const name = operand.slice(1, -1);
  return name.endsWith('*') ? key.startsWith(name.slice(0, -1)) : key === name;
}

/** @returns the value of an element, empty in a set; undefined where there is none */
function lookUp(table: LoadedTable, reference: string, key: string, { pins }: PacketState): string | undefined {
  const name = reference.slice(1);
  const container = table.containers.get(name);
  if (!container || !reference.startsWith('@')) throw new Error(`no such set or map: ${reference}`);
  if (container.isDynamic) return pins.get(`${name} ${key}`);
  if (!container.isInterval) return container.elements.get(key);
  return [...container.elements.keys()].some(element => holds(element, key)) ? '' : undefined;
}

function translate(table: LoadedTable, words: Words, state: PacketState): Branch[] {
  const keys = keysOf(words, state);
  words.must('map');
  const map = words.next();
  // Of an IPv6 client the pin is in two maps, under one key: the address, and the port.
  const isInTwo = words.take(':');
  const portKeys = isInTwo ? keysOf(words, state) : [];
  if (isInTwo) words.must('map');
  const portMap = isInTwo ? words.next() : undefined;
  if (!keys.length) return [[state, 'next']];
  return keys.map((key): Branch => {
    const found = lookUp(table, map, key, state)?.split(' . ') ?? [];
    const [destination, port] =
      portMap === undefined ? found : [found[0], lookUp(table, portMap, portKeys[0] ?? '', state)];
    if (destination === undefined || port === undefined) return [state, 'next'];
    return [{ ...state, destination, port: Number(port), isTranslated: true }, 'accept'];
  });
}

/** A packet that is said to stay as it is. */
function unchanged(words: Words, state: PacketState): Branch[] {
  if (!words.isAtEnd) throw new Error(`a rule of unknown shape: "${words.rest}" where it should end`);
  return [[state, 'accept']];
}

function pin(words: Words, state: PacketState): PacketState {
  const map = words.next().slice(1);
  words.must('{');
  const [key] = keysOf(words, state);
  words.must('timeout');
  words.next();
  words.must(':');
  const [value = ''] = keysOf(words, state);
  words.must('}');
  return { ...state, pins: new Map([...state.pins, [`${map} ${key}`, state.pins.get(`${map} ${key}`) ?? value]]) };
}
