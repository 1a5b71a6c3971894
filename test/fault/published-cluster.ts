import { objectKey } from '../../src/model/object-key.ts';
import type { FakeApiServer } from '../fakes/fake-apiserver.ts';
import {
  clusterStateOf,
  FIRST_NODE,
  type ClusterEvent,
  type ClusterState,
  type NodeState,
} from '../property/cluster-events.ts';
import { apiNode, apiService, apiServiceCIDRs, apiSlice } from './api-objects.ts';

/** A cluster that a fake API server tells of. */
export class PublishedCluster {
  readonly #server: FakeApiServer;
  readonly #taken: ClusterEvent[] = [];
  #node: NodeState = FIRST_NODE;

  constructor(server: FakeApiServer) {
    this.#server = server;
    this.#publishNode();
  }

  /** What the server holds, put together from the events that it was given. */
  get state(): ClusterState {
    return clusterStateOf(this.#taken);
  }

  /** Does to the server what happens in the cluster. */
  publish(event: ClusterEvent): void {
    if (event.kind === 'node') {
      const { zone, nodeIPs, serviceCIDRs } = { ...this.#node, ...event.change };
      // A Node without an address is none. Where NodePorts are is configuration.
      this.#node = { ...this.#node, zone, serviceCIDRs, nodeIPs: nodeIPs.length ? nodeIPs : this.#node.nodeIPs };
      this.#taken.push({ kind: 'node', change: this.#node });
      this.#publishNode();
      return;
    }
    this.#taken.push(event);
    const { store } = this.#server;
    if (event.kind === 'set-service') store.set(apiService(event.object));
    else if (event.kind === 'set-slice') store.set(apiSlice(event.object));
    else {
      const kind = event.kind === 'delete-service' ? 'Service' : 'EndpointSlice';
      const isThere = store
        .list(kind)
        .some(({ metadata: { namespace = '', name } }) => objectKey({ namespace, name }) === objectKey(event.object));
      if (isThere) store.delete({ kind, metadata: event.object });
    }
  }

  #publishNode(): void {
    this.#server.store.set(apiNode(this.#node));
    this.#server.store.set(apiServiceCIDRs(this.#node.serviceCIDRs));
  }
}
