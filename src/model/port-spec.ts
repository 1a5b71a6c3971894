import type { Protocol, ServicePortSpec } from '../kube/types.ts';
import type { Report } from './problem-list.ts';

export type { Protocol } from '../kube/types.ts';

/** An entry of `spec.ports` in which everything is known to be right. */
export interface PortSpec extends ServicePortSpec {
  readonly protocol: Protocol;
}

/** Whether the number can be a TCP, UDP or SCTP port. */
export const isPortNumber = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535;

/** @returns undefined where the API's word is no protocol that Services have; an empty one is the API's default. */
export const parseProtocol = (text: string): Protocol | undefined =>
  text === '' || text === 'TCP' ? 'TCP' : text === 'UDP' || text === 'SCTP' ? text : undefined;

/**
 * Passes over the ports of a Service that are wrong, and over node ports that are. The API server lets no two ports of
 * a Service collide; where they do all the same, the first has it.
 */
export function validPortsOf(specs: readonly ServicePortSpec[], report: Report): readonly PortSpec[] {
  const valid: PortSpec[] = [];
  for (let i = 0; i < specs.length; i++) {
    const spec = specs[i]!;
    const protocol = parseProtocol(spec.protocol);
    const fault = protocol ? faultOf(spec, protocol, valid) : { field: 'protocol', message: unknownProtocol(spec) };
    if (fault) report(`spec.ports[${i}].${fault.field}`, fault.message);
    if (!protocol || (fault && fault.field !== 'nodePort')) continue;
    valid.push({ name: spec.name, protocol, port: spec.port, nodePort: fault ? 0 : spec.nodePort });
  }
  return valid;
}

interface Fault {
  readonly field: string;
  readonly message: string;
}

const unknownProtocol = ({ protocol }: ServicePortSpec): string =>
  `${JSON.stringify(protocol)} is not TCP, UDP or SCTP`;

/** A fault of the node port comes last: it costs only the node port. */
function faultOf(
  { name, port, nodePort }: ServicePortSpec,
  protocol: Protocol,
  valid: readonly PortSpec[],
): Fault | undefined {
  if (!isPortNumber(port)) return { field: 'port', message: `${port} is not a port number` };
  for (const other of valid) {
    if (other.protocol !== protocol) continue;
    if (other.port === port) return { field: 'port', message: `an earlier port has ${port}/${protocol}` };
    if (other.name === name) return { field: 'name', message: `an earlier port is called ${JSON.stringify(name)}` };
  }
  if (nodePort === 0) return undefined;
  if (!isPortNumber(nodePort)) return { field: 'nodePort', message: `${nodePort} is not a port number` };
  return valid.some(other => other.protocol === protocol && other.nodePort === nodePort)
    ? { field: 'nodePort', message: `an earlier port has ${nodePort}/${protocol}` }
    : undefined;
}
