// The way of an event into the kernel, without what waits and retries: index, plan, backend.

import { pino } from 'pino';
import { NftablesBackend } from '../../src/backend/nftables/apply.ts';
import { TouchedParts } from '../../src/backend/nftables/touched-parts.ts';
import type { RulesetOptions } from '../../src/backend/nftables/schema.ts';
import { nodeEntriesOf, type FamilyNodeSettings } from '../../src/cli/node-settings.ts';
import type { Nft } from '../../src/kernel/nft.ts';
import { FAMILIES, parseCidr, type Cidr, type Family } from '../../src/model/ip.ts';
import { ServiceIndex } from '../../src/model/service-index.ts';
import { nodeViewOf } from '../../src/plan/node-view.ts';
import { planService } from '../../src/plan/service-plan.ts';
import type { NodeView } from '../../src/plan/types.ts';
import { NODE_NAME } from '../support/addresses.ts';
import { FIRST_NODE, type ClusterEvent, type NodeState } from './cluster-events.ts';
import { take } from './model/histories.ts';

/** How ClientIP affinity is kept in each family. */
export type Affinity = Readonly<Record<Family, RulesetOptions['affinity']>>;

const POD_CIDR = parseCidr('10.244.0.0/16')!;

/** What a node's state makes of one family: IPv4 tells local pods by address, IPv6 by interface. */
export function nodeSettings(node: NodeState, family: Family, affinity: Affinity): FamilyNodeSettings {
  const [first, ...others] = (node.nodePortCIDRs ?? [])
    .map(text => parseCidr(text))
    .filter((cidr): cidr is Cidr => cidr !== undefined)
    .filter(cidr => cidr.family === family);
  return {
    ruleset: {
      family,
      localSource: family === 'ipv4' ? 'pod-cidrs' : { interfacePattern: 'veth*' },
      masqueradeAll: node.masqueradeAll,
      masqueradeMark: 0x4000,
      nodePorts: first ? 'listed' : 'all',
      affinity: affinity[family],
    },
    detector: family === 'ipv4' ? { kind: 'cidr', cidr: POD_CIDR } : { kind: 'interface', pattern: 'veth*' },
    nodePorts: first ? { kind: 'cidrs', cidrs: [first, ...others] } : { kind: 'all' },
  };
}

export const viewOf = (node: NodeState): NodeView => nodeViewOf(NODE_NAME, { zone: node.zone }, node.nodeIPs);

export class BackendWorld {
  readonly index = new ServiceIndex();
  readonly #nft: Nft;
  readonly #affinity: Affinity;
  /** What the backend had to complain about. */
  readonly complaints: string[] = [];
  /** What others did is noted there. */
  readonly touched = new TouchedParts();
  node = FIRST_NODE;
  backend: NftablesBackend;

  constructor(nft: Nft, affinity: Affinity) {
    this.#nft = nft;
    this.#affinity = affinity;
    this.backend = this.#newBackend();
    this.#stageNode();
  }

  #newBackend(): NftablesBackend {
    const logger = pino({ level: 'warn' }, { write: line => this.complaints.push(line) });
    return new NftablesBackend({ nft: this.#nft, rulesets: this.#rulesets(), logger, touched: this.touched });
  }

  #rulesets(): RulesetOptions[] {
    return FAMILIES.map(family => nodeSettings(this.node, family, this.#affinity).ruleset);
  }

  /** @returns the Services that were staged anew */
  take(event: ClusterEvent): readonly string[] {
    if (event.kind !== 'node') {
      const touched = take(this.index, event);
      this.#stage(touched);
      return touched;
    }
    const before = JSON.stringify(this.#rulesets());
    this.node = { ...this.node, ...event.change };
    if (JSON.stringify(this.#rulesets()) !== before) this.backend.configure(this.#rulesets());
    this.#stageNode();
    this.#stage(this.index.serviceKeys());
    return this.index.serviceKeys();
  }

  #stage(owners: readonly string[]): void {
    const view = viewOf(this.node);
    for (const owner of owners) {
      const object = this.index.service(owner);
      for (const family of FAMILIES) {
        const slices = this.index.slicesOf(owner, family);
        this.backend.stage(family, owner, object && planService({ service: object, slices }, family, view));
      }
    }
  }

  #stageNode(): void {
    for (const family of FAMILIES) {
      const { serviceCIDRs, localAddresses } = this.node;
      const settings = nodeSettings(this.node, family, this.#affinity);
      this.backend.stageNode(family, nodeEntriesOf(settings, serviceCIDRs, localAddresses));
    }
  }

  /** Stages all there is once more. */
  repeat(): void {
    this.#stageNode();
    this.#stage(this.index.serviceKeys());
  }

  /** A new process on the same kernel. */
  restart(): void {
    this.backend = this.#newBackend();
    this.repeat();
  }
}
