import { parseShapeName } from '../backend/nftables/shapes.ts';
import type { TrafficPolicy } from '../model/service-port.ts';
import { chainText } from './element-text.ts';
import type { InForce } from './scene.ts';
import type { SourceCase } from './source-cases.ts';
import type { Family } from '../model/ip.ts';
import type { Step } from './types.ts';

/** How the element that a packet matches has it go on. */
export interface WayIn {
  /** Name of the shape; undefined where IPVS gets it as it is. */
  readonly shape: string | undefined;
  readonly policy: TrafficPolicy;
  /** The masquerade mark is set on this way, and why. */
  readonly marks: string | undefined;
  readonly steps: readonly Step[];
}

/** Of an element that has packets forwarded: its verdict; undefined where the claim has none. */
export const forwardingEntry = ({ claim }: InForce) =>
  claim.entries.find(({ container }) => container === 'services' || container === 'nodeports');

/** @returns undefined for a virtual server that forwards nothing */
export function wayIn(family: Family, front: InForce, source: SourceCase): WayIn | undefined {
  const entry = forwardingEntry(front);
  if (!entry) return undefined;
  const shape = entry.value.startsWith('goto ') ? entry.value.slice('goto '.length) : undefined;
  const isDirectLocal = front.port.servicePort.internalTrafficPolicy === 'local';
  const kind = shape === undefined ? (isDirectLocal ? 'internal' : 'cluster') : parseShapeName(shape)?.kind;
  const where = shape === undefined ? {} : { where: [chainText(family, shape)] };
  const says = (text: string): Step => ({ about: 'traffic-policy', says: text, ...where });
  switch (kind) {
    case 'internal':
      return {
        shape,
        policy: 'local',
        marks: undefined,
        steps: [says('internal traffic policy Local: endpoints on this node')],
      };
    case 'external':
      return {
        shape,
        policy: 'cluster',
        marks: `it came by ${front.virtualServer.kind} under external traffic policy Cluster`,
        steps: [says('external traffic policy Cluster: endpoints anywhere')],
      };
    case 'local':
      return { shape, ...underLocal(source, says('external traffic policy Local: endpoints on this node')) };
    case 'cluster':
    case undefined:
      return {
        shape,
        policy: 'cluster',
        marks: undefined,
        steps: [says('internal traffic policy Cluster: endpoints anywhere')],
      };
  }
}

function underLocal({ isLocalPod, isHost }: SourceCase, policy: Step): Omit<WayIn, 'shape'> {
  const shortCut = (who: string): Step => ({
    about: 'short-cut',
    says: `${who} take a short cut to endpoints anywhere: the policy is about what comes from outside`,
  });
  if (isLocalPod) return { policy: 'cluster', marks: undefined, steps: [policy, shortCut('pods')] };
  if (isHost)
    return {
      policy: 'cluster',
      marks: 'this node took the short cut under external traffic policy Local',
      steps: [policy, shortCut('this node itself and its pods')],
    };
  return { policy: 'local', marks: undefined, steps: [policy] };
}
