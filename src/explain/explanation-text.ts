import { formatEndpoint } from '../model/endpoint.ts';
import { familyLabel } from '../model/ip.ts';
import type {
  Answer,
  ChosenEndpoint,
  FrontEnd,
  LeftOutEndpoint,
  PacketExplanation,
  ServiceExplanation,
  ServicePortExplanation,
} from './types.ts';

/** What happens to a packet, for people: the verdict on the first line, then how it came to that. */
export const packetText = ({ answers }: PacketExplanation): string => answers.map(answerText).join('\n');

function answerText({ assumes, summary, steps, endpoints, leftOut }: Answer): string {
  const head = assumes === undefined ? summary : `if ${assumes}: ${summary}`;
  const width = Math.max(...steps.map(({ about }) => about.length));
  const lines = steps.flatMap(({ about, says, where = [] }) => [
    `  ${about.padEnd(width)}  ${says}`,
    ...where.map(text => `  ${' '.repeat(width)}    ${text}`),
  ]);
  return block([head, '', ...lines, ...endpointLines('endpoints', endpoints), ...leftOutLines(leftOut)]);
}

/** All ways in to a Service, for people. */
export const serviceText = ({ summary, ports, notes }: ServiceExplanation): string =>
  [block([summary, ...notes.map(note => `  ${note}`)]), ...ports.map(portText)].join('\n');

function portText(port: ServicePortExplanation): string {
  const { servicePort, family, protocol, affinityTimeoutSeconds, frontEnds, virtualServers = [], notes } = port;
  const affinity = affinityTimeoutSeconds === undefined ? '' : `, ClientIP affinity for ${affinityTimeoutSeconds} s`;
  const { cluster, local } = port.endpoints;
  return block([
    `${servicePort} ${protocol}, ${familyLabel[family]}${affinity}`,
    ...frontEnds.flatMap(frontEndLines),
    ...virtualServers.map(line => `  ipvsadm ${line}`),
    ...notes.map(note => `  ${note}`),
    ...(cluster ? endpointLines('endpoints under policy Cluster', cluster) : []),
    ...(local ? endpointLines('endpoints under policy Local', local) : []),
    ...leftOutLines(port.leftOut),
  ]);
}

function frontEndLines({ kind, dialled, summary, masquerade, sourceRanges, elements, state }: FrontEnd): string[] {
  const details = [
    ...(state === 'forwarded' ? [`masqueraded: ${masquerade}`] : []),
    ...(sourceRanges ? [`from ${sourceRanges.join(', ') || 'nowhere'} only`] : []),
    ...elements,
  ];
  const where = dialled.join(', ') || 'at no address of this node that is known';
  return [`  ${kind} ${where}: ${summary}`, ...details.map(text => `    ${text}`)];
}

function endpointLines(title: string, endpoints: readonly ChosenEndpoint[]): string[] {
  if (!endpoints.length) return [];
  const rows = endpoints.map(({ node, isLocal, share, isMasqueraded, notes, ...at }) => [
    formatEndpoint(at),
    nodeText(node, isLocal),
    [
      ...(share === undefined ? [] : [percentage(share)]),
      ...(isMasqueraded === undefined ? [] : [isMasqueraded ? 'masqueraded' : 'source kept']),
      ...notes,
    ].join(', '),
  ]);
  return [`  ${title}`, ...table(rows)];
}

function leftOutLines(leftOut: readonly LeftOutEndpoint[]): string[] {
  if (!leftOut.length) return [];
  const hasBoth = new Set(leftOut.map(({ from }) => from)).size > 1;
  const rows = leftOut.map(({ node, from, says, ...at }) => [
    formatEndpoint(at),
    node || 'no node told',
    hasBoth ? `${says} (policy ${from === 'local' ? 'Local' : 'Cluster'})` : says,
  ]);
  return ['  left out', ...table(rows)];
}

const nodeText = (node: string, isLocal: boolean): string => (isLocal ? `${node} (this node)` : node || 'no node told');

const percentage = (share: number): string => `${Math.round(share * 100)} %`;

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
  return rows.map(row => `    ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd());
}

const block = (lines: readonly string[]): string => lines.map(line => `${line}\n`).join('');
