import type { DesiredTable } from '../backend/nftables/desired-table.ts';
import { isLoopback } from '../model/ip.ts';
import { formatServicePort } from '../model/service-port.ts';
import { elementText } from './element-text.ts';
import { addressOwners } from './owners-of-address.ts';
import { elementsOf, hasNodePorts, inForceAt, isOfHost, l4Of, type Scene } from './scene.ts';
import type { Packet, Step } from './types.ts';

/** Says why a packet is left to the node's routing although a Service may seem to have it. */
export function whyPassed(scene: Scene, table: DesiredTable, packet: Packet): Step[] {
  const { family, destination, port, protocol } = packet;
  const steps: Step[] = [];
  const says = (about: Step['about'], text: string, where?: string): void =>
    void steps.push({ about, says: text, ...(where !== undefined && { where: [where] }) });
  for (const { owner, kind, ignored, ports } of addressOwners(scene, family, destination)) {
    if (ignored !== undefined) says('no-element', `${destination} is of ${owner} (${kind}), but ${ignored}`);
    else if (kind !== 'ClusterIP')
      says(
        'no-element',
        `${destination} is of ${owner} (${kind}), which has ${ports || 'no ports'} and not ${port}/${protocol}`,
      );
    else if (!ports) says('no-element', `${destination} is of ${owner}, which has no ports that could be forwarded`);
  }
  const nodePort = inForceAt(scene, family, `${l4Of(protocol)} . ${port}`);
  if (nodePort && !hasNodePorts(scene, table, destination)) {
    const element = nodePort.claim.entries.find(({ container }) => container.includes('nodeports'));
    const whose = formatServicePort(nodePort.port.servicePort);
    says(
      'node-port',
      `${port} is the NodePort of ${whose}, but ${notThere(scene, table, destination)}`,
      element && elementText(family, element),
    );
  }
  return steps;
}

function notThere(scene: Scene, table: DesiredTable, address: string): string {
  const { family, nodePorts } = table.options;
  if (isLoopback({ family, text: address })) return 'NodePorts are not at loopback addresses';
  if (isOfHost(scene, family, address) && nodePorts === 'listed') {
    const listed = elementsOf(table, 'nodeport-ips').join(', ');
    return `${address} is not among nodePortAddresses, by which they are at ${listed || 'no address that is known'}`;
  }
  const known = scene.localAddresses.filter(one => one.includes(':') === (family === 'ipv6'));
  return `${address} is no address of this node that is known (${known.join(', ') || 'none is'}; --node-ip tells more)`;
}
