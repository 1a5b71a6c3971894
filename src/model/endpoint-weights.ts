import type { Problem, Weighted } from '../kube/types.ts';
import type { Endpoint } from './endpoint.ts';
import { parseAddress } from './ip.ts';
import { parseWeight, WEIGHT_IS } from './weight.ts';

/** What is asked of weights by a plan. */
export interface WeightSource {
  /** @returns nothing where nobody has said anything of the endpoint, or what was said is no weight */
  of(endpoint: Pick<Endpoint, 'address' | 'nodeName' | 'weight'>): WeightVerdict;
}

interface WeightVerdict {
  readonly weight?: number;
  readonly problem?: Problem;
}

/** Addresses and nodes of which something else is said from now on. */
export interface TouchedByWeights {
  readonly addresses: ReadonlySet<string>;
  readonly nodes: ReadonlySet<string>;
}

const NOTHING: WeightVerdict = {};

/** The weights that Pods and Nodes have by their labels, for mode ipvs. What a Pod says goes before its slice, and that before its Node. */
export class EndpointWeights implements WeightSource {
  readonly #objects = new Map<string, Weighted>();
  /** By address of a Pod. Of two Pods with one address the last one has it. */
  readonly #pods = new Map<string, WeightVerdict>();
  readonly #nodes = new Map<string, WeightVerdict>();

  /** @param changes objects as they are now; undefined: gone, or without the label */
  apply(
    changes: Iterable<{ readonly kind: 'Pod' | 'Node'; readonly key: string; readonly object: Weighted | undefined }>,
  ): TouchedByWeights {
    const addresses = new Set<string>();
    const nodes = new Set<string>();
    for (const { kind, key, object } of changes) {
      const id = `${kind} ${key}`;
      const before = this.#objects.get(id);
      if (before?.weight === object?.weight && sameTexts(before?.addresses, object?.addresses)) continue;
      if (object) this.#objects.set(id, object);
      else this.#objects.delete(id);
      if (kind === 'Node') {
        nodes.add(key);
        if (object) this.#nodes.set(key, verdictOf(object));
        else this.#nodes.delete(key);
        continue;
      }
      for (const address of canonical(before)) {
        addresses.add(address);
        this.#pods.delete(address);
      }
      for (const address of canonical(object)) addresses.add(address);
    }
    // Another Pod may have had an address before one that left it.
    if (addresses.size) this.#readPods(addresses);
    return { addresses, nodes };
  }

  #readPods(addresses: ReadonlySet<string>): void {
    for (const object of this.#objects.values())
      for (const address of canonical(object)) if (addresses.has(address)) this.#pods.set(address, verdictOf(object));
  }

  of({ address, nodeName, weight }: Pick<Endpoint, 'address' | 'nodeName' | 'weight'>): WeightVerdict {
    const pod = this.#pods.get(address);
    if (pod?.weight !== undefined) return pod;
    const rest = weight === undefined ? (this.#nodes.get(nodeName) ?? NOTHING) : { weight };
    return pod ? { ...rest, ...pod } : rest;
  }
}

/** What slices say alone. */
export const SLICE_WEIGHTS: WeightSource = { of: ({ weight }) => (weight === undefined ? NOTHING : { weight }) };

function verdictOf({ kind, key, weight: text }: Weighted): WeightVerdict {
  const weight = parseWeight(text);
  if (weight !== undefined) return { weight };
  return {
    problem: {
      object: `${kind} ${key}`,
      field: 'metadata.labels[sluice/ipvs-weight]',
      message: `${JSON.stringify(text)} ${WEIGHT_IS}`,
    },
  };
}

const canonical = (object: Weighted | undefined): string[] =>
  object?.addresses.flatMap(text => parseAddress(text)?.text ?? []) ?? [];

const sameTexts = (a: readonly string[] = [], b: readonly string[] = []): boolean =>
  a.length === b.length && a.every((text, i) => text === b[i]);
