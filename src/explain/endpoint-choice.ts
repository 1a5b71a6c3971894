import { type Endpoint, formatEndpoint, isFallback } from '../model/endpoint.ts';
import { endpointsOf } from '../model/endpoint-set.ts';
import type { Family } from '../model/ip.ts';
import { objectKey } from '../model/object-key.ts';
import type { ServicePort, TrafficPolicy } from '../model/service-port.ts';
import type { LeftOut, NodeView, ServicePortPlan } from '../plan/types.ts';
import { topologyModeOf } from '../plan/topology-mode.ts';
import type { Scene } from './scene.ts';
import type { ChosenEndpoint, LeftOutEndpoint, Step } from './types.ts';

/** Whom a traffic policy may choose, and what made the choice. */
export interface Choice {
  readonly endpoints: readonly ChosenEndpoint[];
  readonly leftOut: readonly LeftOutEndpoint[];
  readonly steps: readonly Step[];
}

/** @param policy one that the service port uses; what was planned for another one is empty */
export function choiceOf(scene: Scene, family: Family, port: ServicePortPlan, policy: TrafficPolicy): Choice {
  const { servicePort, clusterEndpoints, localEndpoints, leftOut } = port;
  const servers = policy === 'cluster' ? clusterEndpoints : localEndpoints;
  const known = entriesOf(scene, family, servicePort);
  const endpoints = servers.map(({ address, port: number, isLocal }): ChosenEndpoint => {
    const entry = known.get(formatEndpoint({ address, port: number }));
    return {
      address,
      port: number,
      node: entry?.nodeName ?? '',
      isLocal,
      share: 1 / servers.length,
      notes: entry && isFallback(entry) ? ['terminating, and used because none is ready'] : [],
    };
  });
  return {
    endpoints,
    leftOut: leftOut.filter(({ from }) => from === policy).map(one => leftOutOf(one, scene.view)),
    steps: [...hintSteps([...known.values()], policy, scene.view), ...terminatingSteps(endpoints, policy)],
  };
}

/** The entries of the slices that count, by address:port. */
function entriesOf({ index }: Scene, family: Family, port: ServicePort): ReadonlyMap<string, Endpoint> {
  const owner = objectKey({ namespace: port.namespace, name: port.service });
  const { endpoints } = endpointsOf(index.slicesOf(owner, family), family, port.portName, port.protocol);
  return new Map(endpoints.map(endpoint => [formatEndpoint(endpoint), endpoint]));
}

function leftOutOf({ endpoint, from, reason }: LeftOut, view: NodeView): LeftOutEndpoint {
  const { address, port, nodeName } = endpoint;
  return { address, port, node: nodeName, from, reason, says: wordsFor(endpoint, reason, view) };
}

function wordsFor(endpoint: Endpoint, reason: LeftOut['reason'], { name, zone }: NodeView): string {
  switch (reason) {
    case 'not-ready':
      return endpoint.terminating ? 'terminating, and no longer serving' : 'not ready';
    case 'terminating':
      return 'terminating, while others are ready';
    case 'not-in-zone':
      return `hints keep it for ${listed('zone', endpoint.zoneHints)}, and this node is in ${zone ?? 'none'}`;
    case 'not-on-node':
      return `hints keep it for ${listed('node', endpoint.nodeHints)}, and this is ${name}`;
    case 'not-local':
      return endpoint.nodeName
        ? `on ${endpoint.nodeName}, and policy Local has those on ${name || 'this node'} only`
        : 'its slice names no node, so policy Local has it nowhere';
    case 'duplicate':
      return 'listed again: another entry of this address and port counts';
  }
}

const listed = (word: string, names: readonly string[]): string =>
  names.length ? `${word} ${names.join(', ')}` : `no ${word}`;

/** Says which hints counted, or why those that are there did not. Under policy Local none do. */
function hintSteps(endpoints: readonly Endpoint[], policy: TrafficPolicy, view: NodeView): Step[] {
  if (policy === 'local') return [];
  const ready = endpoints.filter(endpoint => endpoint.ready);
  const mode = topologyModeOf(endpoints, view);
  if (mode === 'prefer-same-node') return [{ about: 'hints', says: `endpoints for node ${view.name} go first` }];
  if (mode === 'prefer-same-zone') return [{ about: 'hints', says: `endpoints for zone ${view.zone ?? ''} go first` }];
  const hinted = ready.filter(({ zoneHints, nodeHints }) => zoneHints.length || nodeHints.length);
  if (!hinted.length) return [];
  const why =
    hinted.length < ready.length
      ? `${ready.length - hinted.length} of ${ready.length} ready endpoints have none`
      : hinted.some(({ zoneHints }) => zoneHints.length) && view.zone === undefined
        ? 'the zone of this node is not known'
        : 'they do not cover this node, or not all ready endpoints have hints of one kind';
  return [{ about: 'hints', says: `do not count: ${why}` }];
}

function terminatingSteps(endpoints: readonly ChosenEndpoint[], policy: TrafficPolicy): Step[] {
  if (!endpoints.some(({ notes }) => notes.length)) return [];
  const where = policy === 'local' ? ' on this node' : '';
  return [
    {
      about: 'terminating',
      says: `no endpoint${where} is ready: those that serve while they terminate are used`,
    },
  ];
}
