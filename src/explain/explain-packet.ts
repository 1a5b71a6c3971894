import type { DesiredTable } from '../backend/nftables/desired-table.ts';
import { cidrContains, formatCidr } from '../model/ip.ts';
import { formatServicePort } from '../model/service-port.ts';
import { affinityStep } from './affinity.ts';
import { claimSteps } from './claim-steps.ts';
import { chainText, elementText } from './element-text.ts';
import { choiceOf, type Choice } from './endpoint-choice.ts';
import { ipvsServerOf, weighed } from './ipvs-servers.ts';
import { masqueraded } from './masquerade.ts';
import { hasNodePorts, inForceAt, l4Of, type InForce, type Scene } from './scene.ts';
import { sourceCases, type SourceCase } from './source-cases.ts';
import { forwardedTo } from './summary.ts';
import { turnedAway, unavailableAt } from './turned-away.ts';
import type { Answer, Packet, PacketExplanation, Step } from './types.ts';
import { forwardingEntry, wayIn, type WayIn } from './way-in.ts';
import { whyPassed } from './why-passed.ts';

/**
 * Follows the first packet of a connection through what was planned and compiled, as the base chains would (base-ruleset.ts): source ranges,
 * `services`, `nodeports`, the shape, and what is turned away.
 * @throws Error where the family of the packet is not forwarded here
 */
export function explainPacket(scene: Scene, packet: Packet): PacketExplanation {
  const table = scene.tables.get(packet.family);
  if (!table) throw new Error(`${packet.family} is not forwarded on this node`);
  const answers = sourceCases(scene, table, packet).map(source => answerFor(scene, table, packet, source));
  const [first, second] = answers;
  // Where it makes no difference nothing has to be assumed.
  if (!first || !second || outcomeOf(first) !== outcomeOf(second)) return { packet, answers };
  const { assumes: _, ...certain } = second;
  const [source, ...steps] = certain.steps;
  const says = `${source?.says ?? ''}: as from a pod's, here`;
  return { packet, answers: [{ ...certain, steps: [{ about: 'source', says }, ...steps] }] };
}

const outcomeOf = ({ verdict, trafficPolicy, endpoints, summary }: Answer): string =>
  JSON.stringify([verdict, trafficPolicy, endpoints, summary]);

function answerFor(scene: Scene, table: DesiredTable, packet: Packet, source: SourceCase): Answer {
  const { family, destination, port, protocol } = packet;
  const l4 = l4Of(protocol);
  const steps: Step[] = [source.step];
  const assumes = source.assumes === undefined ? {} : { assumes: source.assumes };
  const nobody = { endpoints: [], leftOut: [] };

  const atAddress = inForceAt(scene, family, `${destination} . ${l4} . ${port}`);
  const ranges = atAddress && sourceRangeStep(packet, source, atAddress);
  if (ranges) steps.push(ranges.step);
  if (atAddress && ranges?.isDenied) {
    const whose = formatServicePort(atAddress.port.servicePort);
    const summary = `dropped: ${source.address ?? 'this node'} is in none of the source ranges of ${whose}`;
    return { ...assumes, verdict: 'dropped', summary, ...namesOf(atAddress), steps, ...nobody };
  }

  const atNodePort = hasNodePorts(scene, table, destination) ? inForceAt(scene, family, `${l4} . ${port}`) : undefined;
  const front = [atAddress, atNodePort].find(one => one && forwardingEntry(one));
  const way = front && wayIn(family, front, source);
  if (front && way) steps.push(...claimSteps(scene, table, front), ...way.steps);
  const behind = front && way && turnedAwayBehind(scene, table, front, way);
  if (front && way && !behind) {
    const choice = choose(scene, table, front, way);
    if (choice.endpoints.length) {
      steps.push(...choice.steps, ...affinitySteps(table, front, way, source));
      const masquerade = masqueraded({ scene, table, packet, source, way }, choice.endpoints);
      steps.push(...masquerade.steps);
      return {
        ...assumes,
        verdict: 'forwarded',
        summary: forwardedTo(front, masquerade.endpoints),
        ...namesOf(front),
        trafficPolicy: way.policy,
        steps,
        endpoints: masquerade.endpoints,
        leftOut: choice.leftOut,
      };
    }
  }

  const away = behind ?? turnedAway(scene, table, packet, source);
  if (away) {
    const owner = away.front;
    if (owner && owner !== front && owner.id !== front?.id) steps.push(...claimSteps(scene, table, owner));
    return {
      ...assumes,
      verdict: away.verdict,
      summary: `${away.verdict}: ${away.why}`,
      ...(owner && namesOf(owner)),
      steps: [...steps, away.step],
      endpoints: [],
      leftOut: owner ? leftOutOf(scene, table, owner) : [],
    };
  }
  const why = whyPassed(scene, table, packet);
  const summary = why.length
    ? `not forwarded: ${why[0]!.says}; left to the node's routing`
    : "not a Service's: left to the node's routing";
  return { ...assumes, verdict: 'passed', summary, steps: [...steps, ...why], ...nobody };
}

const namesOf = ({ port, virtualServer }: InForce): Pick<Answer, 'servicePort' | 'kind'> => ({
  servicePort: formatServicePort(port.servicePort),
  kind: virtualServer.kind,
});

/** @returns undefined where all may use it */
function sourceRangeStep(
  { family }: Packet,
  { address }: SourceCase,
  { id, virtualServer }: InForce,
): { readonly step: Step; readonly isDenied: boolean } | undefined {
  const { sourceRanges } = virtualServer;
  if (!sourceRanges) return undefined;
  const range = sourceRanges.find(cidr => address !== undefined && cidrContains(cidr, { family, text: address }));
  const list = sourceRanges.map(formatCidr).join(', ');
  const says = range
    ? `${address} is in ${formatCidr(range)}`
    : `${address ?? 'the address of this node, which is not known,'} is not in ${list || 'any: none of them can be read'}`;
  const element = elementText(family, { container: 'firewalled', key: id, value: '' });
  const where = [element, chainText(family, 'firewall-check')];
  return { step: { about: 'source-ranges', says, where }, isDenied: range === undefined };
}

/**
 * In mode ipvs what was rewritten to a ClusterIP is turned away there if another Service has that ClusterIP and port, and no endpoint. The
 * API server gives no ClusterIP twice, but manifests may.
 */
function turnedAwayBehind(scene: Scene, table: DesiredTable, front: InForce, { shape, policy }: WayIn) {
  const isRewritten = table.options.endpointsBy === 'ipvs' && shape !== undefined;
  const server = isRewritten ? ipvsServerOf(table, front, policy) : undefined;
  return server && unavailableAt(scene, table.options.family, server.key);
}

/** The policy that a virtual server is under, short cuts aside. */
const policyOf = ({ port: { servicePort }, virtualServer }: InForce) =>
  virtualServer.kind === 'ClusterIP' ? servicePort.internalTrafficPolicy : servicePort.externalTrafficPolicy;

const leftOutOf = (scene: Scene, { options }: DesiredTable, front: InForce) =>
  choiceOf(scene, options.family, front.port, policyOf(front)).leftOut;

function choose(scene: Scene, table: DesiredTable, front: InForce, { policy }: WayIn): Choice {
  const choice = choiceOf(scene, table.options.family, front.port, policy);
  const server = table.options.endpointsBy === 'ipvs' ? ipvsServerOf(table, front, policy) : undefined;
  if (!server) return choice;
  const { steps, ...weighedChoice } = weighed(choice, server, policy);
  const says = `IPVS chooses, by scheduler ${server.scheduler}`;
  return { ...weighedChoice, steps: [...steps, { about: 'virtual-server', says, where: [`ipvsadm ${server.line}`] }] };
}

function affinitySteps(
  { options }: DesiredTable,
  { port }: InForce,
  { shape, policy }: WayIn,
  source: SourceCase,
): Step[] {
  const timeoutSeconds = port.servicePort.affinityTimeoutSeconds;
  if (timeoutSeconds === undefined) return [];
  if (options.endpointsBy === 'ipvs')
    return [
      { about: 'affinity', says: `ClientIP affinity for ${timeoutSeconds} s: IPVS keeps a client with its endpoint` },
    ];
  const step =
    shape === undefined ? undefined : affinityStep(shape, options, { address: source.address, timeoutSeconds, policy });
  return step ? [step] : [];
}
