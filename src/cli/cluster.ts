import { REFLECTOR_TIMING, type ReflectorSink } from '../kube/reflector-options.ts';
import { Interner } from '../kube/interner.ts';
import { Reflector } from '../kube/reflector.ts';
import type { ReflectorObserver, ReflectorStatus } from '../kube/reflector-observer.ts';
import {
  endpointSlicesResource,
  nodeResource,
  serviceCIDRsResource,
  servicesResource,
  weightedResource,
  type Resource,
} from '../kube/resources.ts';
import type { Transport } from '../kube/transport.ts';
import type { EndpointSlice, Node, Service, ServiceCIDR, SliceEndpoint, Weighted } from '../kube/types.ts';
import { EndpointWeights } from '../model/endpoint-weights.ts';
import { parseAddress } from '../model/ip.ts';
import { ServiceIndex } from '../model/service-index.ts';
import type { Logger } from 'pino';

/** A slice that belongs to a Service came, changed or went. */
export interface SliceEvent {
  /** As it is now; as it was last, where it is gone. */
  readonly slice: EndpointSlice;
  readonly isDeleted: boolean;
  /** The plan of a Service may have changed by it. */
  readonly isEffective: boolean;
}

export interface ClusterOptions {
  readonly nodeName: string;
  /** Whether weights of Pods and Nodes are watched, too. */
  readonly watchesWeights?: boolean;
  readonly transport: Transport;
  readonly observer: ReflectorObserver;
  readonly logger: Logger;
  /** Services whose plan may have changed, by `ns/name`. */
  readonly onServices: (owners: readonly string[]) => void;
  readonly onSlice: (event: SliceEvent) => void;
  readonly onServiceEvents: (count: number) => void;
  readonly onNode: (node: Node | undefined) => void;
  readonly onServiceCIDRs: (cidrs: readonly string[]) => void;
}

/** All that is watched of the cluster: the reflectors, and the index that they fill. */
export class Cluster {
  readonly index = new ServiceIndex();
  readonly weights = new EndpointWeights();
  readonly #options: ClusterOptions;
  readonly #interner = new Interner();
  readonly #reflectors: { run(signal: AbortSignal): Promise<void>; status(): ReflectorStatus }[] = [];
  #node: Node | undefined;
  readonly #serviceCIDRs = new Map<string, ServiceCIDR>();

  constructor(options: ClusterOptions) {
    this.#options = options;
  }

  get node(): Node | undefined {
    return this.#node;
  }

  status(): ReflectorStatus[] {
    return this.#reflectors.map(reflector => reflector.status());
  }

  /** Starts to watch the Node. @returns when its first state is known (it may be that there is none). */
  watchNode(signal: AbortSignal): Promise<void> {
    const { nodeName, onNode } = this.#options;
    return this.#reflect(nodeResource(nodeName, this.#interner), signal, changes => {
      for (const change of changes) this.#node = change.type === 'set' ? change.object : undefined;
      onNode(this.#node);
    });
  }

  /** Starts to watch all else. @returns when the first full state of each resource is known. */
  async watchServices(signal: AbortSignal): Promise<void> {
    const weighted = this.#options.watchesWeights ? (['Pod', 'Node'] as const) : [];
    await Promise.all([
      ...weighted.map(kind =>
        this.#reflect(weightedResource(kind, this.#interner), signal, changes => this.#applyWeights(kind, changes)),
      ),
      this.#reflect(servicesResource(this.#interner), signal, changes => this.#applyServices(changes)),
      this.#reflect(endpointSlicesResource(this.#interner), signal, changes => this.#applySlices(changes)),
      this.#reflect(serviceCIDRsResource(), signal, changes => this.#applyServiceCIDRs(changes)),
    ]);
  }

  #reflect<T>(resource: Resource<T>, signal: AbortSignal, apply: ReflectorSink<T>['apply']): Promise<void> {
    const { transport, observer, logger } = this.#options;
    return new Promise(resolve => {
      const sink = { apply, synced: resolve };
      const reflector = new Reflector({
        resource,
        transport,
        sink,
        observer,
        logger: logger.child({ component: 'reflector', resource: resource.name }),
        timing: REFLECTOR_TIMING,
      });
      this.#reflectors.push(reflector);
      void reflector.run(signal);
    });
  }

  #applyServices(changes: Parameters<ReflectorSink<Service>['apply']>[0]): void {
    this.#options.onServiceEvents(changes.length);
    this.#options.onServices(
      changes.flatMap(change =>
        change.type === 'set' ? this.index.setService(change.object, change.key) : this.index.deleteService(change.key),
      ),
    );
  }

  #applySlices(changes: Parameters<ReflectorSink<EndpointSlice>['apply']>[0]): void {
    const touched: string[] = [];
    for (const change of changes) {
      const isDeleted = change.type === 'delete';
      const before = this.index.slice(change.key);
      const owners = isDeleted ? this.index.deleteSlice(change.key) : this.index.setSlice(change.object, change.key);
      for (const owner of owners) touched.push(owner);
      const slice = isDeleted ? before : this.index.slice(change.key);
      if (slice) this.#options.onSlice({ slice, isDeleted, isEffective: owners.length > 0 });
    }
    this.#options.onServices(touched);
  }

  #applyWeights(kind: 'Pod' | 'Node', changes: Parameters<ReflectorSink<Weighted>['apply']>[0]): void {
    const { addresses, nodes } = this.weights.apply(
      changes.map(change => ({ kind, key: change.key, object: change.type === 'set' ? change.object : undefined })),
    );
    if (!addresses.size && !nodes.size) return;
    const isMeant = ({ address, traits }: SliceEndpoint): boolean =>
      nodes.has(traits.nodeName) || addresses.has(parseAddress(address)?.text ?? '');
    this.#options.onServices(this.index.servicesWith(isMeant));
  }

  #applyServiceCIDRs(changes: Parameters<ReflectorSink<ServiceCIDR>['apply']>[0]): void {
    for (const change of changes) {
      if (change.type === 'set') this.#serviceCIDRs.set(change.key, change.object);
      else this.#serviceCIDRs.delete(change.key);
    }
    this.#options.onServiceCIDRs([...this.#serviceCIDRs.values()].flatMap(({ cidrs }) => cidrs));
  }
}
