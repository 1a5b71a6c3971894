import type { EndpointSlice, Problem, SliceEndpoint } from '../kube/types.ts';
import { type Endpoint, formatEndpoint } from './endpoint.ts';
import { type Family, familyLabel, parseAddress } from './ip.ts';
import { problemsOf, type Report } from './problem-list.ts';
import { isPortNumber, parseProtocol, type Protocol } from './port-spec.ts';
import { parseWeight, WEIGHT_IS } from './weight.ts';

/** What the slices of a Service say about one of its ports. */
export interface EndpointSet {
  /** Sorted by address:port text, each once. */
  readonly endpoints: readonly Endpoint[];
  /** Entries of an address:port that another entry has. */
  readonly duplicates: readonly Endpoint[];
  readonly problems: readonly Problem[];
}

/**
 * Collects the endpoints of one Service port. Slice ports match by name and protocol. Of several entries of one
 * address:port, one that is not terminating goes first (a pod that runs may have the address of one that ended), then
 * one that is ready, then serving, then the one of the first slice by name, so that the order of events is no matter.
 * @param slices of one Service, in any order and of any address type.
 */
export function endpointsOf(
  slices: readonly EndpointSlice[],
  family: Family,
  portName: string,
  protocol: Protocol,
): EndpointSet {
  const entries: Entry[] = [];
  const problems: Problem[] = [];
  for (const slice of inOrder(slices, ({ name }) => name)) {
    if (slice.addressType !== familyLabel[family]) continue;
    const { problems: found, report } = problemsOf('EndpointSlice', slice);
    const weight = weightOf(slice, report);
    for (let i = 0; i < slice.ports.length; i++) {
      const { name, protocol: word, port } = slice.ports[i]!;
      if (name !== portName || parseProtocol(word) !== protocol) continue;
      if (isPortNumber(port)) addEntries(entries, slice.endpoints, port, { family, weight }, report);
      else if (port !== 0) report(`ports[${i}].port`, `${port} is not a port number`);
    }
    problems.push(...found);
  }
  return { ...withoutDuplicates(inOrder(entries, ({ text }) => text)), problems };
}

function weightOf({ ipvsWeight }: EndpointSlice, report: Report): number | undefined {
  const weight = ipvsWeight === undefined ? undefined : parseWeight(ipvsWeight);
  if (ipvsWeight !== undefined && weight === undefined)
    report('metadata.annotations[sluice/ipvs-weight]', `${JSON.stringify(ipvsWeight)} ${WEIGHT_IS}`);
  return weight;
}

interface Entry {
  readonly text: string;
  readonly endpoint: Endpoint;
}

function addEntries(
  entries: Entry[],
  endpoints: readonly SliceEndpoint[],
  port: number,
  { family, weight }: { readonly family: Family; readonly weight: number | undefined },
  report: Report,
): void {
  for (let i = 0; i < endpoints.length; i++) {
    const { address: text, traits } = endpoints[i]!;
    if (text === '') continue;
    const address = parseAddress(text);
    if (address?.family !== family) {
      report(`endpoints[${i}].addresses[0]`, `${JSON.stringify(text)} is not an ${familyLabel[family]} address`);
      continue;
    }
    const { ready, serving, terminating, nodeName, zoneHints, nodeHints } = traits;
    const endpoint = { address: address.text, port, ready, serving, terminating, nodeName, zoneHints, nodeHints };
    entries.push({
      text: formatEndpoint(endpoint),
      endpoint: weight === undefined ? endpoint : { ...endpoint, weight },
    });
  }
}

/** @param entries in order; those that are equal in the order of their slices. */
function withoutDuplicates(entries: readonly Entry[]): Pick<EndpointSet, 'endpoints' | 'duplicates'> {
  const endpoints: Endpoint[] = [];
  const duplicates: Endpoint[] = [];
  for (let i = 0; i < entries.length; i++) {
    const { text, endpoint } = entries[i]!;
    if (i === 0 || entries[i - 1]!.text !== text) {
      endpoints.push(endpoint);
      continue;
    }
    const other = endpoints.at(-1)!;
    const isBetter = rank(endpoint) > rank(other);
    if (isBetter) endpoints[endpoints.length - 1] = endpoint;
    duplicates.push(isBetter ? other : endpoint);
  }
  return { endpoints, duplicates };
}

const rank = ({ ready, serving, terminating }: Endpoint): number =>
  (terminating ? 0 : 4) + (ready ? 2 : 0) + (serving ? 1 : 0);

/** Sorts by the bytes of a text, as Go does; stable. */
function inOrder<T>(items: readonly T[], textOf: (item: T) => string): readonly T[] {
  if (items.length < 2) return items;
  return items.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : textOf(a) > textOf(b) ? 1 : 0));
}
