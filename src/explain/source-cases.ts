import type { DesiredTable } from '../backend/nftables/desired-table.ts';
import { chainText, elementText } from './element-text.ts';
import { isOfHost, memberOf, type Scene } from './scene.ts';
import type { Packet, Step } from './types.ts';

/** What the rules see in a source. */
export interface SourceCase {
  /** Canonical; undefined for this host, where its address is not known. */
  readonly address: string | undefined;
  readonly isHost: boolean;
  /** Counts as a pod of this node. Of this host, too, where its address is in the CIDR of pods. */
  readonly isLocalPod: boolean;
  /** Set where the question leaves it open. */
  readonly assumes?: string;
  readonly step: Step;
}

/** @returns more than one where it matters by which interface the packet comes in, and that was not told */
export function sourceCases(scene: Scene, table: DesiredTable, packet: Packet): readonly SourceCase[] {
  const { localSource, family } = table.options;
  const isHost = packet.source === 'host' || isOfHost(scene, family, packet.source);
  const address = packet.source === 'host' ? ownAddress(scene, packet) : packet.source;
  const who = isHost ? `this node sends it itself, from ${address ?? 'an address that is not known'}` : address;
  const one = (isLocalPod: boolean, why: string, where?: string): SourceCase => ({
    address,
    isHost,
    isLocalPod,
    step: { about: 'source', says: `${who}${why}`, ...(where !== undefined && { where: [where] }) },
  });
  if (localSource === undefined)
    return [one(false, isHost ? '' : ': no setting tells local pods here, so nobody counts as one')];
  if (localSource === 'pod-cidrs') {
    const cidr = address === undefined ? undefined : memberOf(table, 'pod-cidrs', address);
    if (cidr === undefined) return [one(false, isHost ? '' : ' is in no CIDR of pods, and counts as from outside')];
    const element = elementText(family, { container: 'pod-cidrs', key: cidr, value: '' });
    return [one(true, `${isHost ? ',' : ''} is in ${cidr}, and counts as a pod's`, element)];
  }
  if (isHost) return [one(false, '')];
  const { interfacePattern: pattern } = localSource;
  const { interfaceName } = packet;
  if (interfaceName !== undefined) {
    const isLocalPod = matches(pattern, interfaceName);
    const counts = isLocalPod ? "as a local pod's" : 'as from outside';
    return [one(isLocalPod, ` comes in by ${interfaceName}, and counts ${counts} (${pattern})`)];
  }
  const dispatch = chainText(family, 'dispatch');
  return [
    {
      ...one(true, `, by an interface of a pod (${pattern})`, dispatch),
      assumes: `it comes in by an interface of a local pod (${pattern})`,
    },
    {
      ...one(false, `, by another interface than a pod's (${pattern})`, dispatch),
      assumes: 'it comes in by another interface',
    },
  ];
}

/** To itself a host sends from the address that it sends to. */
const ownAddress = (scene: Scene, { family, destination }: Packet): string | undefined =>
  isOfHost(scene, family, destination) ? destination : scene.view.addresses[family];

/** As nft compares interface names: a pattern may end in an asterisk. */
const matches = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
