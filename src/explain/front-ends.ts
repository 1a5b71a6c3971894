import type { Claim } from '../backend/nftables/claim.ts';
import type { DesiredTable } from '../backend/nftables/desired-table.ts';
import type { Entry } from '../backend/nftables/schema.ts';
import { formatEndpoint } from '../model/endpoint.ts';
import { formatCidr } from '../model/ip.ts';
import type { ServicePortPlan, VirtualServer } from '../plan/types.ts';
import { counted, elementText } from './element-text.ts';
import { claimId, hasNodePorts, type Scene } from './scene.ts';
import type { FrontEnd } from './types.ts';
import { lackOf } from './why-nobody.ts';

/** Elements that say what becomes of a packet; those of endpoints and of each source range would be many. */
const isTelling = ({ container }: Entry): boolean =>
  /^(?:services|nodeports|unavailable|firewalled|affinity-)/.test(container);

/**
 * A way in to a service port, as it is for everyone who may come by it.
 * @param owner `ns/name` of the Service
 */
export function frontEndOf(
  scene: Scene,
  table: DesiredTable,
  owner: string,
  port: ServicePortPlan,
  virtualServer: VirtualServer,
): FrontEnd {
  const { ledger, options } = table;
  const { servicePort } = port;
  const { kind, sourceRanges } = virtualServer;
  const id = claimId(virtualServer);
  const inForce = ledger.claimInForce(id);
  const isTaken = inForce !== undefined && inForce.owner !== owner;
  const claim = isTaken ? undefined : inForce?.claim;
  const trafficPolicy = kind === 'ClusterIP' ? servicePort.internalTrafficPolicy : servicePort.externalTrafficPolicy;
  const fate = isTaken
    ? {
        state: 'taken' as const,
        summary: `taken by ${inForce.owner}, which goes first by age and then by name`,
        takenBy: inForce.owner,
      }
    : fateOf(scene, table, { port, virtualServer }, claim);
  return {
    kind,
    dialled: dialledAt(scene, table, virtualServer),
    ...fate,
    trafficPolicy,
    masquerade: masqueradeWords(table, virtualServer),
    ...(sourceRanges && { sourceRanges: sourceRanges.map(formatCidr) }),
    elements: (claim?.entries ?? []).filter(isTelling).map(entry => elementText(options.family, entry)),
  };
}

function fateOf(
  scene: Scene,
  { options: { family } }: DesiredTable,
  front: { readonly port: ServicePortPlan; readonly virtualServer: VirtualServer },
  claim: Claim | undefined,
): Pick<FrontEnd, 'state' | 'summary'> {
  const { port, virtualServer } = front;
  const { clusterEndpoints, localEndpoints } = port;
  const isForwarded = claim?.entries.some(({ container }) => container === 'services' || container === 'nodeports');
  const turned = claim?.entries.find(
    ({ container, value }) => container.startsWith('unavailable') && value !== 'accept',
  );
  const turnedTo = turned?.value === 'drop' ? 'dropped' : 'rejected';
  if (!isForwarded) return { state: turnedTo, summary: `${turnedTo}: it ${lackOf(scene, family, front)}` };
  const all = counted(clusterEndpoints.length, 'endpoint');
  const here = `${counted(localEndpoints.length, 'endpoint')} on this node`;
  if (virtualServer.forward === 'cluster') return { state: 'forwarded', summary: `forwarded to ${all}` };
  if (virtualServer.kind === 'ClusterIP') return { state: 'forwarded', summary: `forwarded to ${here}` };
  const others = turned ? `all other ${turnedTo}: no endpoint is on this node` : `all other to ${here}`;
  return { state: 'forwarded', summary: `forwarded: traffic of pods and of this node to ${all}, ${others}` };
}

/** Where clients find it; a NodePort is at each address of the node that may have NodePorts. */
function dialledAt(scene: Scene, table: DesiredTable, { address, port }: VirtualServer): string[] {
  if (address !== undefined) return [formatEndpoint({ address, port })];
  const { family } = table.options;
  return scene.localAddresses
    .filter(one => one.includes(':') === (family === 'ipv6') && hasNodePorts(scene, table, one))
    .map(one => formatEndpoint({ address: one, port }));
}

const HAIRPIN = 'an endpoint that reaches itself';

function masqueradeWords({ options }: DesiredTable, { kind, forward, masquerade }: VirtualServer): string {
  if (kind === 'ClusterIP') {
    if (options.masqueradeAll) return 'all (masqueradeAll)';
    return options.localSource === undefined ? HAIRPIN : `what is no local pod's, and ${HAIRPIN}`;
  }
  if (masquerade) return 'all (external traffic policy Cluster)';
  return forward === 'local' ? `what this node sends itself, and ${HAIRPIN}` : 'nothing';
}
