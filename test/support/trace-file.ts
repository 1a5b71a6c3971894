import { parse } from 'yaml';
import { readManifests } from '../../src/kube/manifests.ts';
import type { Packet } from './trace-packet.ts';

/** One packet of a `trace.yaml`, and where it must end up. */
export interface TracedPacket {
  readonly title: string;
  readonly packet: Packet;
  readonly expect: readonly string[];
  /** Packets of the same client before it, and the endpoint that each one reached. */
  readonly after: readonly { readonly packet: Packet; readonly endpoint: string }[] | undefined;
}

interface TraceEntry {
  /** `pod 10.244.1.10`, `outside 198.51.100.7`, `host`, or `host 192.168.100.1`. */
  readonly from: string;
  /** `10.96.0.10:80`, `[fd00::1]:53/UDP`. */
  readonly to: string;
  /** `drop`, `reject`, `pass`, or endpoints, each one with ` masqueraded` behind it where it is. */
  readonly expect: string | readonly string[];
  /** What this client did before: `203.0.113.20:80 reached 10.244.1.10:8080`. */
  readonly after?: string | readonly string[];
}

const DESTINATION = /^(?:\[([^\]]+)\]|([\d.]+)):(\d+)(?:\/(TCP|UDP|SCTP))?$/;
const SOURCE = /^(pod|host|outside)(?: (\S+))?$/;

const listOf = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value);

/**
 * Reads a `trace.yaml`.
 * @param input the manifests of the case: the addresses of its first Node are the host's
 * @throws Error for an entry that cannot be read
 */
export function parseTrace(text: string, input: string): TracedPacket[] {
  const hostAddresses = readManifests([{ file: 'input', text: input }]).nodes[0]?.addresses ?? [];
  const packetOf = (from: string, to: string): Packet => {
    const [, kind, source] = SOURCE.exec(from) ?? [];
    const [, ipv6, ipv4, port, protocol = 'TCP'] = DESTINATION.exec(to) ?? [];
    const destination = ipv6 ?? ipv4;
    if (kind === undefined || destination === undefined) throw new Error(`cannot be read: from ${from} to ${to}`);
    const own = hostAddresses.find(address => address.includes(':') === destination.includes(':'));
    return {
      from: kind as Packet['from'],
      source: source ?? own ?? '',
      destination,
      port: Number(port),
      protocol: protocol.toLowerCase() as Packet['protocol'],
      hostAddresses,
    };
  };
  return (parse(text) as readonly TraceEntry[]).map(({ from, to, expect, after }) => ({
    title: `${from} to ${to}${after === undefined ? '' : `, after ${listOf(after).join(' and ')}`}: ${listOf(expect).join(', ')}`,
    packet: packetOf(from, to),
    expect: listOf(expect),
    after:
      after === undefined
        ? undefined
        : listOf(after).map(step => {
            const [before = '', endpoint = ''] = step.split(' reached ');
            return { packet: packetOf(from, before), endpoint };
          }),
  }));
}

/** What must come out, in the tracer's order. */
export const expectedOf = ({ expect }: TracedPacket): string[] => expect.toSorted();
