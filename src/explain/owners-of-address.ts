import type { Service } from '../kube/types.ts';
import { parseAddress, type Family } from '../model/ip.ts';
import { servicePortsOf } from '../model/service-port.ts';
import type { Scene } from './scene.ts';

/** A Service that names an address, whether packets to it are forwarded or not. */
export interface AddressOwner {
  readonly owner: string;
  readonly kind: 'ClusterIP' | 'ExternalIP' | 'LoadBalancer';
  /** Why the address does not count; undefined where it does. */
  readonly ignored: string | undefined;
  /** `80/TCP, 53/UDP`; empty where it has none in this family. */
  readonly ports: string;
}

/** All Services that name an address, sorted by name. */
export function addressOwners(scene: Scene, family: Family, address: string): AddressOwner[] {
  return scene.index.serviceKeys().flatMap(owner => {
    const service = scene.index.service(owner);
    if (!service) return [];
    const found = namingOf(service, address, scene);
    if (!found.length) return [];
    const ports = servicePortsOf(service, family).ports.map(({ port, protocol }) => `${port}/${protocol}`);
    return found.map(one => ({ owner, ports: ports.join(', '), ...one }));
  });
}

function namingOf(service: Service, address: string, { view }: Scene): Pick<AddressOwner, 'kind' | 'ignored'>[] {
  const isIt = (text: string): boolean => parseAddress(text.trim())?.text === address;
  const found: Pick<AddressOwner, 'kind' | 'ignored'>[] = [];
  if ([service.clusterIP, ...service.clusterIPs].some(isIt)) found.push({ kind: 'ClusterIP', ignored: undefined });
  if (service.externalIPs.some(isIt)) {
    const ignored = view.ignoresExternalIPs
      ? 'externalIPs are not forwarded (AllowServiceExternalIPs is off)'
      : undefined;
    found.push({ kind: 'ExternalIP', ignored });
  }
  for (const { ip, ipMode } of service.loadBalancerIngress) {
    if (!isIt(ip)) continue;
    const isVip = ipMode === undefined || ipMode === 'VIP';
    const ignored = isVip ? undefined : `its ipMode is ${ipMode}: packets have to leave for the load balancer`;
    found.push({ kind: 'LoadBalancer', ignored });
  }
  return found;
}
