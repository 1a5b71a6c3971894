import { exact, NONE } from './field-reader.ts';
import type { EndpointSlicePort, EndpointTraits, ServicePortSpec } from './types.ts';

const MAX_ENTRIES = 100_000;
/** Kinds of endpoints of one node, or of none. */
const MAX_TRAITS = 50;

/** One copy of equal values; it forgets all when it grows too large, which costs memory only. */
class InternTable<T> {
  readonly #values = new Map<string, T>();

  /** The value made for this key before, or a new one; the key tells all that is in the value. */
  get(key: string, make: () => T): T {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    if (this.#values.size >= MAX_ENTRIES) this.#values.clear();
    const made = make();
    this.#values.set(key, made);
    return made;
  }
}

/**
 * Keeps one copy of what many objects share: names of nodes and zones, lists of ports, what is said of endpoints. It is bounded, since names of nodes
 * that are long gone must not pile up.
 */
export class Interner {
  readonly #texts = new InternTable<string>();
  readonly #lists = new InternTable<readonly string[]>();
  /** By name of the node: on each are endpoints of a few kinds. */
  readonly #traits = new InternTable<EndpointTraits[]>();
  readonly #slicePorts = new InternTable<readonly EndpointSlicePort[]>();
  readonly #servicePorts = new InternTable<readonly ServicePortSpec[]>();

  text(text: string): string {
    return this.#texts.get(text, () => text);
  }

  /** One frozen list for all equal lists. */
  texts(list: readonly string[]): readonly string[] {
    if (list.length === 0) return NONE;
    return this.#lists.get(JSON.stringify(list), () => Object.freeze(list.map(text => this.text(text))));
  }

  /** One frozen object for all equal ones. @param traits with texts and lists from here */
  traits(traits: EndpointTraits): EndpointTraits {
    const known = this.#traits.get(traits.nodeName, () => []);
    const same = known.find(
      one =>
        one.ready === traits.ready &&
        one.serving === traits.serving &&
        one.terminating === traits.terminating &&
        one.zoneHints === traits.zoneHints &&
        one.nodeHints === traits.nodeHints,
    );
    if (same) return same;
    if (known.length >= MAX_TRAITS) known.length = 0;
    known.push(Object.freeze(traits));
    return traits;
  }

  /** The same for the ports of slices: nearly all slices of a cluster have one of a few lists. */
  slicePorts(ports: readonly EndpointSlicePort[]): readonly EndpointSlicePort[] {
    if (ports.length === 0) return NONE;
    return this.#slicePorts.get(keyOf(ports), () => Object.freeze(ports.map(port => Object.freeze(port))));
  }

  /** The same for the ports of Services; those with a node port are alone with it. */
  servicePorts(ports: readonly ServicePortSpec[]): readonly ServicePortSpec[] {
    if (ports.length === 0) return NONE;
    if (ports.some(({ nodePort }) => nodePort !== 0)) return exact(ports);
    return this.#servicePorts.get(keyOf(ports), () => Object.freeze(ports.map(port => Object.freeze(port))));
  }
}

/** With the length before each text, whatever is in it. */
const keyOf = (ports: readonly EndpointSlicePort[]): string =>
  ports.map(({ name, protocol, port }) => `${port} ${protocol.length} ${protocol} ${name.length} ${name}`).join(' ');
