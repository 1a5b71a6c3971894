// The API server double of a measurement, in a process of its own so that its cost is not taken for the proxy's. The
// state is made once, as bytes; from then on serving it is copying.

import { answerCalls } from '../process/answer-calls.ts';
import { nodeObject, serviceCIDRObject, serviceObject, sliceObject } from '../cluster/api-objects.ts';
import { SyntheticCluster } from '../cluster/synthetic-cluster.ts';
import type { Size } from '../cluster/synthetic-cluster.ts';
import { HttpApi } from './http-api.ts';
import { ResourceShelf } from './resource-shelf.ts';

const services = new ResourceShelf('Service', 'v1', '/api/v1/services');
const slices = new ResourceShelf('EndpointSlice', 'discovery.k8s.io/v1', '/apis/discovery.k8s.io/v1/endpointslices');
const nodes = new ResourceShelf('Node', 'v1', '/api/v1/nodes');
const serviceCIDRs = new ResourceShelf(
  'ServiceCIDR',
  'networking.k8s.io/v1',
  '/apis/networking.k8s.io/v1/servicecidrs',
);

let version = 1000;
let cluster: SyntheticCluster | undefined;
const api = new HttpApi([services, slices, nodes, serviceCIDRs], () => version);

const nextVersion = (): string => {
  version += 1;
  return String(version);
};

const slice = (of: SyntheticCluster, i: number): unknown =>
  sliceObject(i, of.endpointsOf(i), of.round(i), nextVersion());

export interface LoadedState {
  readonly bytes: number;
  readonly endpoints: number;
}

/** Makes the objects of a cluster. */
function load(size: Size): LoadedState {
  const made = new SyntheticCluster(size);
  cluster = made;
  nodes.load(0, nodeObject(nextVersion()));
  serviceCIDRs.load(0, serviceCIDRObject(nextVersion()));
  for (const i of made.services) {
    services.load(i, serviceObject(i, nextVersion()));
    slices.load(i, slice(made, i));
  }
  return { bytes: services.bytes + slices.bytes, endpoints: made.endpointCount };
}

/**
 * Replaces one endpoint of each of these Services and sends all events at once.
 * @returns the monotonic time in nanoseconds, the same in all processes, at which the events were handed to the kernel
 */
function change(numbers: readonly number[]): string {
  const changed = cluster;
  if (!changed) throw new Error('nothing was loaded');
  const lines = numbers.map(i => {
    changed.change(i);
    return slices.modify(i, Number(nextVersion()), slice(changed, i));
  });
  const all = Buffer.concat(lines);
  const at = process.hrtime.bigint();
  slices.announce(all);
  return String(at);
}

const operations = {
  load,
  change,
  listen: ({ host, port }: { host: string; port: number }): Promise<void> => api.listen(host, port),
  bytesSent: (): number => api.bytesSent,
};
export type ApiOperations = typeof operations;

answerCalls(operations);
