import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { NftablesBackend } from '../backend/nftables/apply.ts';
import type { RulesetOptions } from '../backend/nftables/schema.ts';
import { checkFamilies, type FamilyProblems } from '../config/check-families.ts';
import type { Configuration } from '../config/schema.ts';
import type { Node } from '../kube/types.ts';
import { parseAddress, type Family } from '../model/ip.ts';
import type { NodeView } from '../plan/types.ts';
import type { Reconciler } from '../reconcile/reconciler.ts';
import type { HealthState } from '../telemetry/health-state.ts';
import { nodeEntriesOf, nodeSettingsOf, type NodeSettings } from './node-settings.ts';

export interface LiveNodeOptions {
  readonly configuration: Configuration;
  readonly nodeName: string;
  readonly families: readonly Family[];
  readonly health: HealthState;
  readonly logger: Logger;
  /** The addresses of all interfaces. */
  readonly localAddresses: () => Promise<readonly string[]>;
  /** See bridge-fallback.ts; not set: there are none. */
  readonly bridgeSubnets?: () => Promise<ReadonlyMap<Family, readonly string[]>>;
}

/** What changes of the node itself while sluice runs: its object, the ServiceCIDRs, its addresses. What follows is told to the loop. */
export class LiveNode {
  readonly #options: LiveNodeOptions;
  #node: Node | undefined;
  #serviceCIDRs: readonly string[] = [];
  #localAddresses: readonly string[] = [];
  #bridgeSubnets: ReadonlyMap<Family, readonly string[]> = new Map();
  #hashed: readonly Family[] = [];
  #hasLocalClusterIPs = false;
  #configuration: Configuration;
  #settings: NodeSettings;
  #started:
    | {
        readonly reconciler: Reconciler;
        readonly backend: NftablesBackend;
        readonly serviceKeys: () => readonly string[];
      }
    | undefined;

  constructor(options: LiveNodeOptions) {
    this.#options = options;
    this.#configuration = options.configuration;
    this.#settings = this.#derive();
  }

  get view(): NodeView {
    return this.#settings.view;
  }

  /** Whether an address is one of this host's. */
  isLocal(address: string): boolean {
    return this.#localAddresses.includes(address);
  }

  /** The addresses of the Node object, canonical, and the one that bindAddress makes the node's. */
  ownAddresses(family: Family): readonly string[] {
    const told = (this.#node?.addresses ?? []).flatMap(text => parseAddress(text) ?? []);
    const primary = this.view.addresses[family];
    const own = told.filter(address => address.family === family).map(({ text }) => text);
    return [...new Set([...(primary === undefined ? [] : [primary]), ...own])];
  }

  /** Where health check servers listen: at the NodePort addresses, or at all. */
  healthCheckAddresses(family: Family): readonly string[] {
    const settings = this.#settings.families.get(family);
    if (!settings || settings.nodePorts.kind === 'all') return [family === 'ipv4' ? '0.0.0.0' : '::'];
    return nodeEntriesOf(settings, [], this.#localAddresses).nodePortAddresses;
  }

  get reconciler(): Reconciler | undefined {
    return this.#started?.reconciler;
  }

  #derive(): NodeSettings {
    return this.#settingsBy(this.#configuration);
  }

  #settingsBy(configuration: Configuration): NodeSettings {
    const { nodeName, families } = this.#options;
    return nodeSettingsOf(configuration, nodeName, this.#node, families, this.#hashed, this.#bridgeSubnets);
  }

  /** Compares the families of a configuration with those of the node as it is known by now. */
  checkFamilies(configuration: Configuration): FamilyProblems {
    return checkFamilies(configuration, {
      primaryFamily: this.#settingsBy(configuration).primaryFamily,
      families: this.#options.families,
      podCIDRs: this.#node?.podCIDRs ?? [],
    });
  }

  get rulesets(): readonly RulesetOptions[] {
    return [...this.#settings.families.values()].map(({ ruleset }) =>
      this.#hasLocalClusterIPs ? { ...ruleset, localClusterIPs: true } : ruleset,
    );
  }

  /** Whether packets to ClusterIPs come in to this host in mode nftables: while mode ipvs of before still has connections. */
  setLocalClusterIPs(are: boolean): void {
    if (are === this.#hasLocalClusterIPs) return;
    this.#hasLocalClusterIPs = are;
    const { rulesets } = this;
    this.#started?.reconciler.atNextRun(() => this.#started?.backend.configure(rulesets));
  }

  /** In these families ClientIP affinity goes by a hash of the source; to be told before the start. */
  hashAffinity(families: readonly Family[]): void {
    this.#hashed = families;
    this.#settings = this.#derive();
  }

  /** From now on changes are told to the loop. */
  start(reconciler: Reconciler, backend: NftablesBackend, serviceKeys: () => readonly string[]): void {
    this.#started = { reconciler, backend, serviceKeys };
    this.#tellEntries();
  }

  setNode(node: Node | undefined): void {
    this.#options.health.setNodeEligible(node !== undefined && !node.isBeingDeleted);
    this.#node = this.#withWhatWasKnown(node);
    if (this.#follow())
      this.#options.logger.info({ zone: this.view.zone, addresses: this.view.addresses }, 'the Node changed');
  }

  /** Follows a configuration that has changed in what may change at run time. */
  setConfiguration(configuration: Configuration): void {
    this.#configuration = configuration;
    this.#follow();
  }

  /** @returns whether anything is different for the loop */
  #follow(): boolean {
    const before = this.#settings;
    const rulesetsBefore = this.rulesets;
    this.#settings = this.#derive();
    if (!this.#started || isDeepStrictEqual(before, this.#settings)) return false;
    const { reconciler, backend, serviceKeys } = this.#started;
    const { rulesets } = this;
    if (!isDeepStrictEqual(rulesetsBefore, rulesets)) reconciler.atNextRun(() => backend.configure(rulesets));
    this.#tellEntries();
    if (!isDeepStrictEqual(before.view, this.view)) reconciler.touch(serviceKeys());
    return true;
  }

  /** Of a Node that is gone, or that tells no address or pod CIDR any more, the last that was known stays in force. */
  #withWhatWasKnown(node: Node | undefined): Node | undefined {
    const known = this.#node;
    if (!node || !known) return node ?? known;
    const tellsAddress = node.addresses.some(text => parseAddress(text));
    if (!tellsAddress && known.addresses.length)
      this.#options.logger.error('the Node tells no address any more; the last ones stay in force');
    return {
      ...node,
      addresses: tellsAddress ? node.addresses : known.addresses,
      podCIDRs: node.podCIDRs.length ? node.podCIDRs : known.podCIDRs,
    };
  }

  setServiceCIDRs(cidrs: readonly string[]): void {
    this.#serviceCIDRs = cidrs;
    this.#tellEntries();
  }

  /** Reads the addresses of this host anew. Where that fails the former ones stay. */
  async refreshAddresses(): Promise<void> {
    await Promise.all([this.#refreshBridges(), this.#refreshLocalAddresses()]);
  }

  async #refreshLocalAddresses(): Promise<void> {
    try {
      const addresses = (await this.#options.localAddresses()).map(text => parseAddress(text)?.text ?? text);
      if (isDeepStrictEqual(addresses, this.#localAddresses)) return;
      this.#localAddresses = addresses;
      this.#tellEntries();
    } catch (error) {
      this.#options.logger.error({ err: error }, 'the addresses of this host cannot be read');
    }
  }

  async #refreshBridges(): Promise<void> {
    const { bridgeSubnets, logger } = this.#options;
    try {
      const subnets = (await bridgeSubnets?.()) ?? this.#bridgeSubnets;
      if (isDeepStrictEqual(subnets, this.#bridgeSubnets)) return;
      this.#bridgeSubnets = subnets;
      const masqueraded = [...subnets.values()].flat();
      logger.info({ subnets: masqueraded }, 'connections to Services within these subnets of bridges are masqueraded');
      this.#follow();
    } catch (error) {
      logger.error({ err: error }, 'the bridges of this host cannot be read');
    }
  }

  #tellEntries(): void {
    for (const [family, settings] of this.#settings.families) {
      this.#started?.reconciler.setNode(family, nodeEntriesOf(settings, this.#serviceCIDRs, this.#localAddresses));
    }
  }
}
