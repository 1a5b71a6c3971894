import type { ServicePlan } from '../../plan/types.ts';
import type { NodeEntries } from '../backend.ts';
import { learningChain, parseLearningName } from './affinity-rules.ts';
import { baseChains } from './base-ruleset.ts';
import { sharedKey, type CompiledService } from './claim.ts';
import { compileService, type CompileOptions } from './compile.ts';
import { NODE_OWNER } from './diff.ts';
import { Ledger, type LedgerChange } from './ledger.ts';
import type { Chain, ContainerName, Entry, RulesetOptions } from './schema.ts';
import { parseShapeName, shapeChain } from './shapes.ts';

export type Compile = (plan: ServicePlan, options: CompileOptions) => CompiledService;

/** All that one family's table should hold. Pure: it says what to write and writes nothing. */
export class DesiredTable {
  options: RulesetOptions;
  readonly ledger = new Ledger();
  /** How many elements lead to a shape. */
  readonly #shapeUses = new Map<string, number>();
  readonly #compile: Compile;
  /** How many elements a set or map should have. */
  readonly #sizes = new Map<Entry['container'], number>();

  /** @param compile turns a plan into entries; another one where not nft chooses the endpoints */
  constructor(options: RulesetOptions, compile: Compile = compileService) {
    this.options = options;
    this.#compile = compile;
  }

  /** @returns what the kernel must get; empty where nothing changed. */
  setService(owner: string, plan: ServicePlan | undefined): LedgerChange {
    return this.set(owner, plan?.seniority ?? '', plan && this.#compile(plan, this.options));
  }

  setNode({ podCIDRs, serviceCIDRs, nodePortAddresses }: NodeEntries): LedgerChange {
    const all = (container: ContainerName, keys: readonly string[]): string[] =>
      keys.map(key => sharedKey(container, key));
    const shared = [
      ...all('pod-cidrs', podCIDRs),
      ...all('service-cidrs', serviceCIDRs),
      ...all('nodeport-ips', nodePortAddresses),
    ];
    return this.set(NODE_OWNER, '', { claims: [], shared });
  }

  /** Takes a change back, or makes one that is no Service's. */
  set(owner: string, seniority: string, compiled: CompiledService | undefined): LedgerChange {
    const change = this.ledger.set(owner, seniority, compiled);
    this.#count(change.deletes, -1);
    this.#count(change.adds, 1);
    return change;
  }

  /** Whether a set or map should have elements. */
  uses(container: Entry['container']): boolean {
    return (this.#sizes.get(container) ?? 0) > 0;
  }

  #count(entries: readonly Entry[], by: 1 | -1): void {
    for (const { container, value } of entries) {
      this.#sizes.set(container, (this.#sizes.get(container) ?? 0) + by);
      const shape = shapeOfVerdict(value);
      if (shape !== undefined) this.#shapeUses.set(shape, (this.#shapeUses.get(shape) ?? 0) + by);
    }
  }

  get baseChains(): readonly Chain[] {
    return baseChains(this.options);
  }

  /** The chains of all shapes in use, callees before callers. */
  shapeChains(): Chain[] {
    return this.chainsOf([...this.#shapeUses].filter(([, uses]) => uses > 0).map(([name]) => name));
  }

  /** The chains of these shapes and of those that they go on to, callees before callers, once each. */
  chainsOf(names: readonly string[]): Chain[] {
    const chains = new Map<string, Chain>();
    const visit = (name: string): void => {
      if (chains.has(name)) return;
      const made = this.#chainOf(name);
      if (!made) return;
      const { chain, needs } = made;
      needs.forEach(visit);
      chains.set(name, chain);
    };
    names.forEach(visit);
    return [...chains.values()];
  }

  #chainOf(name: string): ReturnType<typeof shapeChain> | undefined {
    const shape = parseShapeName(name);
    if (shape) return shapeChain(shape, this.options);
    const learning = parseLearningName(name);
    return learning && learningChain(learning, this.options);
  }
}

/** Whether a chain is one that elements lead to: a shape, or one that pins clients. Its name says what is in it. */
export const isOnDemand = (name: string): boolean =>
  parseShapeName(name) !== undefined || parseLearningName(name) !== undefined;

/** The chain on demand that an element leads to, if it does. */
export function shapeOfVerdict(value: string): string | undefined {
  if (!value.startsWith('goto ')) return undefined;
  const known = shapesByVerdict.get(value);
  if (known !== undefined) return known;
  const name = value.slice('goto '.length);
  if (!isOnDemand(name)) return undefined;
  if (shapesByVerdict.size > 10_000) shapesByVerdict.clear();
  shapesByVerdict.set(value, name);
  return name;
}

/** Thousands of elements lead to some tens of shapes. */
const shapesByVerdict = new Map<string, string>();
