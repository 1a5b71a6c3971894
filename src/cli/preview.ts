import { stringify } from 'yaml';
import { compileIpvsService } from '../backend/ipvs/compile.ts';
import { renderIpvs, renderIpvsChange, renderWaysIn } from '../backend/ipvs/render.ts';
import { DesiredTable, shapeOfVerdict } from '../backend/nftables/desired-table.ts';
import type { FamilyUnit } from '../backend/nftables/diff.ts';
import { encodeChains, encodeElementsText } from '../backend/nftables/encode.ts';
import { renderJson, renderText } from '../backend/nftables/render.ts';
import type { Problem } from '../kube/types.ts';
import type { Family } from '../model/ip.ts';
import { SLICE_WEIGHTS, type WeightSource } from '../model/endpoint-weights.ts';
import type { ServiceIndex } from '../model/service-index.ts';
import { planService } from '../plan/service-plan.ts';
import type { ServicePlan } from '../plan/types.ts';
import type { RenderOutput } from './args.ts';
import { nodeEntriesOf, type NodeSettings } from './node-settings.ts';

/** The desired state without a kernel: what would be programmed, as text. */
export class Preview {
  readonly #index: ServiceIndex;
  readonly #settings: NodeSettings;
  readonly #weights: WeightSource;
  readonly #tables: ReadonlyMap<Family, DesiredTable>;
  readonly #problems: Problem[] = [];

  /**
   * @param serviceCIDRs of all ServiceCIDR objects
   * @param localAddresses of all interfaces; where this host may be another one than the node, the addresses of the node
   */
  constructor(
    index: ServiceIndex,
    settings: NodeSettings,
    serviceCIDRs: readonly string[],
    weights: WeightSource = SLICE_WEIGHTS,
    localAddresses: readonly string[] = Object.values(settings.view.addresses).filter(one => one !== undefined),
  ) {
    this.#index = index;
    this.#settings = settings;
    this.#weights = weights;
    const { ipvs } = settings;
    const compile =
      ipvs && ((plan: ServicePlan) => compileIpvsService(plan, { ...ipvs, missingSchedulers: new Set() }));
    this.#tables = new Map(
      [...settings.families].map(([family, { ruleset }]) => [family, new DesiredTable(ruleset, compile)]),
    );
    for (const [family, one] of settings.families)
      this.#tables.get(family)?.setNode(nodeEntriesOf(one, serviceCIDRs, localAddresses));
    this.stage(index.serviceKeys());
  }

  /** What the table of each family should hold. */
  get tables(): ReadonlyMap<Family, DesiredTable> {
    return this.#tables;
  }

  /** What is wrong in the objects, once each. */
  get problems(): readonly Problem[] {
    const texts = new Set<string>();
    return this.#problems.filter(problem => {
      const text = JSON.stringify(problem);
      const isNew = !texts.has(text);
      texts.add(text);
      return isNew;
    });
  }

  /**
   * Plans Services anew.
   * @returns the transaction that would be applied, empty where nothing changed; for nft with the lines for ipvsadm as comments
   */
  stage(owners: Iterable<string>, output: RenderOutput = 'nft'): string {
    const parts: string[] = [];
    const units: FamilyUnit[] = [];
    for (const owner of new Set(owners)) {
      for (const [family, table] of this.#tables) {
        const plan = this.planOf(owner, family);
        this.#problems.push(...(plan?.problems ?? []));
        const change = table.setService(owner, plan);
        if (!change.adds.length && !change.deletes.length) continue;
        units.push({ family, ...change });
        const shapes = table.chainsOf(change.adds.flatMap(({ value }) => shapeOfVerdict(value) ?? []));
        parts.push(encodeChains(family, shapes), encodeElementsText(family, change));
      }
    }
    if (!this.#settings.ipvs) return parts.join('');
    const { before, after } = renderIpvsChange(units);
    if (output === 'ipvs') return [...before, ...after].map(line => `${line}\n`).join('');
    const comments = (lines: readonly string[]): string[] => lines.map(line => `# ipvsadm ${line}\n`);
    return [...comments(before), ...parts, ...comments(after)].join('');
  }

  /** @returns undefined where the family does not proxy the Service, or there is none. @param owner `ns/name` */
  planOf(owner: string, family: Family): ServicePlan | undefined {
    const service = this.#index.service(owner);
    const slices = this.#index.slicesOf(owner, family);
    return service && planService({ service, slices, weights: this.#weights }, family, this.#settings.view);
  }

  print(output: RenderOutput): string {
    const tables = [...this.#tables.values()];
    const { ipvs, view } = this.#settings;
    switch (output) {
      case 'nft':
        return renderText(tables) + (ipvs ? renderWaysIn(tables, view.addresses, ipvs.arpGuard) : '');
      case 'ipvs':
        return renderIpvs(tables);
      case 'json':
        return renderJson(tables);
      case 'plan':
        return this.#printPlans();
    }
  }

  #printPlans(): string {
    const plans = this.#index
      .serviceKeys()
      .flatMap(owner => [...this.#tables.keys()].flatMap(family => this.planOf(owner, family) ?? []))
      .filter(({ ports }) => ports.length > 0);
    return stringify(plans, { aliasDuplicateObjects: false, lineWidth: 0 });
  }
}
