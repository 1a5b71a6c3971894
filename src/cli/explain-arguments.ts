import { familyLabel, parseAddress, type Address, type Family } from '../model/ip.ts';
import { isPortNumber, type Protocol } from '../model/port-spec.ts';
import { UsageError } from './program.ts';

/** Where a packet goes to: an address, or a Service whose ClusterIP is to be looked up. */
export type Destination =
  | { readonly address: Address; readonly port: number; readonly protocol: Protocol }
  | {
      /** `ns/name` */
      readonly owner: string;
      /** Number or name; undefined: the only one. */
      readonly port: string | undefined;
      /** Undefined: that of the port. */
      readonly protocol: Protocol | undefined;
    };

/** What explain is asked. */
export type Question =
  /** `ns/name` */
  | { readonly about: 'service'; readonly owner: string }
  | {
      readonly about: 'packet';
      /** Undefined: this node itself. */
      readonly source: Address | undefined;
      readonly interfaceName: string | undefined;
      readonly destination: Destination;
      /** As it was given, for messages. */
      readonly told: string;
    };

const SERVICE = /^([a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9.-]*)$/i;
const SERVICE_PORT = /^([a-z0-9][a-z0-9-]*\/[a-z0-9][a-z0-9.-]*?)(?::([^/:]*))?(?:\/([^/]*))?$/i;
const ADDRESS_PORT = /^(?:\[([^\]]*)\]|([^/:[\]]*)):([^/:]*)(?:\/(.*))?$/;

/**
 * Reads the arguments of explain.
 * @throws UsageError that names the argument
 */
export function parseQuestion(operands: readonly string[], interfaceName: string | undefined): Question {
  const [first, second, surplus] = operands;
  if (first === undefined) throw new UsageError('explain takes SOURCE and DESTINATION, or NAMESPACE/NAME of a Service');
  if (surplus !== undefined)
    throw new UsageError(`explain takes SOURCE and DESTINATION, and got ${quoted(surplus)}, too`);
  if (second === undefined) {
    if (interfaceName !== undefined) throw new UsageError('--from-interface is about a packet, and needs a SOURCE');
    if (!SERVICE.test(first))
      throw new UsageError(
        `${quoted(first)} is no NAMESPACE/NAME of a Service; for a packet, SOURCE and DESTINATION are needed`,
      );
    return { about: 'service', owner: first };
  }
  const source = parseSource(first);
  const destination = parseDestination(second);
  if (source && 'address' in destination) checkFamilies(source, destination.address);
  if (!source && interfaceName !== undefined)
    throw new UsageError('--from-interface is for what comes in, and SOURCE host sends by itself');
  return { about: 'packet', source, interfaceName, destination, told: second };
}

/** @returns undefined for this node */
function parseSource(text: string): Address | undefined {
  if (text.toLowerCase() === 'host') return undefined;
  const address = parseAddress(text.replace(/^\[(.*)\]$/, '$1'));
  if (!address) throw new UsageError(`SOURCE ${quoted(text)} is no IP address, and not "host"`);
  return address;
}

function parseDestination(text: string): Destination {
  const wrong = (why: string): UsageError => new UsageError(`DESTINATION ${quoted(text)} ${why}`);
  const [, v6, v4, port, protocolWord] = ADDRESS_PORT.exec(text) ?? [];
  if (port !== undefined) {
    const address = parseAddress(v6 ?? v4 ?? '');
    if (!address) throw wrong(`has ${quoted(v6 ?? v4 ?? '')} where an IP address should be`);
    if (!/^\d{1,5}$/.test(port) || !isPortNumber(Number(port)))
      throw wrong(`has ${quoted(port)} where a port, 1 to 65535, should be`);
    return { address, port: Number(port), protocol: protocolOf(protocolWord, wrong) ?? 'TCP' };
  }
  const [, owner, servicePort, word] = SERVICE_PORT.exec(text) ?? [];
  if (owner !== undefined) {
    if (servicePort === '') throw wrong('has nothing where a port should be');
    return { owner, port: servicePort, protocol: protocolOf(word, wrong) };
  }
  const bare = parseAddress(text.replace(/\/.*$/, ''));
  if (bare) throw wrong(`has no port: write ${bare.text.includes(':') ? `[${bare.text}]` : bare.text}:PORT`);
  throw wrong('is not ADDRESS:PORT, [ADDRESS]:PORT or NAMESPACE/NAME:PORT');
}

function protocolOf(word: string | undefined, wrong: (why: string) => UsageError): Protocol | undefined {
  if (word === undefined) return undefined;
  const protocol = (['TCP', 'UDP', 'SCTP'] as const).find(one => one === word.toUpperCase());
  if (!protocol) throw wrong(`has ${quoted(word)} where tcp, udp or sctp should be`);
  return protocol;
}

/** @throws UsageError where a packet cannot have both addresses */
export function checkFamilies(source: Address, destination: Address): void {
  if (source.family === destination.family) return;
  const told = ({ text, family }: { readonly text: string; readonly family: Family }): string =>
    `${text} is ${familyLabel[family]}`;
  throw new UsageError(`SOURCE ${told(source)}, and DESTINATION ${told(destination)}`);
}

const quoted = (text: string): string => JSON.stringify(text);
