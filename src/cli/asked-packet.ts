import type { Packet } from '../explain/types.ts';
import type { Scene } from '../explain/scene.ts';
import { parseAddress, type Address, type Family } from '../model/ip.ts';
import { formatServicePort, type ServicePort } from '../model/service-port.ts';
import { checkFamilies, type Destination, type Question } from './explain-arguments.ts';

type PacketQuestion = Extract<Question, { about: 'packet' }>;

/**
 * Makes the packet that is asked about: where the destination is a Service, it goes to its ClusterIP, in the family of the source.
 * @throws Error where the Service has no such address or port; UsageError where the families do not agree
 */
export function askedPacket(scene: Scene, { source, interfaceName, destination, told }: PacketQuestion): Packet {
  const { address, port, protocol } =
    'address' in destination ? destination : clusterIPOf(scene, source?.family, destination, told);
  if (source) checkFamilies(source, address);
  return {
    family: address.family,
    source: source?.text ?? 'host',
    ...(interfaceName !== undefined && { interfaceName }),
    destination: address.text,
    port,
    protocol,
  };
}

function clusterIPOf(
  scene: Scene,
  family: Family | undefined,
  { owner, port, protocol }: Extract<Destination, { owner: string }>,
  told: string,
): { readonly address: Address; readonly port: number; readonly protocol: ServicePort['protocol'] } {
  const wrong = (why: string): Error => new Error(`DESTINATION ${JSON.stringify(told)}: ${why}`);
  if (!scene.index.service(owner))
    throw wrong(
      `there is no Service ${owner}${scene.ofOtherProxies.has(owner) ? ' for this proxy: it has the label of another one' : ''}`,
    );
  const families = [...scene.tables.keys()].filter(one => family === undefined || one === family);
  const ports = families.map(one => scene.planOf(owner, one)?.ports ?? []).find(found => found.length);
  if (!ports)
    throw wrong(
      `${owner} has no ClusterIP${family === undefined ? '' : ` of the family of the source`}; sluice explain ${owner} tells more`,
    );
  const all = ports.map(({ servicePort }) => servicePort);
  const fits = all.filter(
    one =>
      (port === undefined || port === one.portName || port === String(one.port)) &&
      (protocol === undefined || protocol === one.protocol),
  );
  const [found, other] = fits;
  const list = all.map(one => `${formatServicePort(one)} ${one.port}/${one.protocol}`).join(', ');
  // A port that nobody has can be asked about, too: what becomes of such a packet is a good question.
  const number = port === undefined ? Number.NaN : Number(port);
  const clusterIP = parseAddress(all[0]!.clusterIP)!;
  if (!found && Number.isInteger(number) && number > 0 && number < 65_536)
    return { address: clusterIP, port: number, protocol: protocol ?? 'TCP' };
  if (!found) throw wrong(`${owner} has no such port; it has ${list}`);
  if (other && port === undefined) throw wrong(`${owner} has several ports: ${list}`);
  return { address: clusterIP, port: found.port, protocol: found.protocol };
}
