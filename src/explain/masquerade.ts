import type { DesiredTable } from '../backend/nftables/desired-table.ts';
import { chainText, elementText } from './element-text.ts';
import { isOfHost, l4Of, memberOf, type Scene } from './scene.ts';
import type { SourceCase } from './source-cases.ts';
import type { ChosenEndpoint, Packet, Step } from './types.ts';
import type { WayIn } from './way-in.ts';

interface Circumstances {
  readonly scene: Scene;
  readonly table: DesiredTable;
  readonly packet: Packet;
  readonly source: SourceCase;
  readonly way: WayIn;
}

export interface Masquerade {
  readonly endpoints: readonly ChosenEndpoint[];
  readonly steps: readonly Step[];
}

/** Says for each endpoint whether it sees an address of this node in place of the source, and why. */
export function masqueraded(given: Circumstances, endpoints: readonly ChosenEndpoint[]): Masquerade {
  const { table, scene, packet, source } = given;
  const { family } = packet;
  const reason = reasonForAll(given);
  const reachItself = endpoints.filter(endpoint => isHairpin(given, endpoint));
  /** What came in from elsewhere and goes to a process of this host does not pass postrouting. */
  const leaves = ({ address }: ChosenEndpoint): boolean => source.isHost || !isOfHost(scene, family, address);
  const told = endpoints.map((endpoint): ChosenEndpoint => {
    const itself = reachItself.includes(endpoint);
    const notes = itself ? [...endpoint.notes, 'this is the source itself'] : endpoint.notes;
    return { ...endpoint, isMasqueraded: leaves(endpoint) && (reason !== undefined || itself), notes };
  });
  const where = [chainText(family, 'masquerading')];
  const steps: Step[] = [];
  const says = (text: string, more: readonly string[] = []): void =>
    void steps.push({ about: 'masquerade', says: text, where: [...more, ...where] });
  if (reason !== undefined) says(`masqueraded: ${reason.says}`, reason.where);
  for (const endpoint of reason === undefined ? reachItself : []) {
    const key = hairpinKey(packet, endpoint);
    says('masqueraded where it reaches itself: replies have to come back to this node', [
      elementText(family, { container: 'hairpin', key, value: '' }),
    ]);
  }
  if (reason !== undefined && endpoints.some(endpoint => !leaves(endpoint)))
    says('not masqueraded where the endpoint is this host: such a packet does not leave it');
  if (!told.some(({ isMasqueraded }) => isMasqueraded))
    steps.push({ about: 'masquerade', says: `source kept${whyNot(table, packet)}` });
  return { endpoints: told, steps };
}

interface Reason {
  readonly says: string;
  readonly where: readonly string[];
}

/** Why the mark was set, in the order of the rules. */
function reasonForAll({ table, packet, source, way }: Circumstances): Reason | undefined {
  const { masqueradeAll, localSource, family } = table.options;
  const where = [chainText(family, 'dispatch')];
  const isForClusterIP = memberOf(table, 'cluster-ips', packet.destination) !== undefined;
  if (isForClusterIP && masqueradeAll) return { says: 'masqueradeAll, for all traffic to ClusterIPs', where };
  if (isForClusterIP && localSource !== undefined && !source.isLocalPod)
    return { says: "it goes to a ClusterIP and is no local pod's", where };
  if (way.marks === undefined) return undefined;
  return { says: way.marks, where: way.shape === undefined ? [] : [chainText(family, way.shape)] };
}

const hairpinKey = ({ protocol }: Packet, { address, port }: ChosenEndpoint): string =>
  [address, address, l4Of(protocol), port].join(' . ');

const isHairpin = ({ table, packet, source }: Circumstances, endpoint: ChosenEndpoint): boolean =>
  source.address === endpoint.address &&
  table.ledger.holds({ container: 'hairpin', key: hairpinKey(packet, endpoint), value: '' });

/** To other addresses it makes no difference whether local pods can be told. */
const whyNot = (table: DesiredTable, { destination }: Packet): string =>
  table.options.localSource === undefined && memberOf(table, 'cluster-ips', destination) !== undefined
    ? ': no setting tells local pods, so nobody else is masqueraded'
    : '';
