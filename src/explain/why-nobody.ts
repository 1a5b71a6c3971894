import { FAMILIES, familyLabel, type Family } from '../model/ip.ts';
import { objectKey } from '../model/object-key.ts';
import { parseProtocol } from '../model/port-spec.ts';
import type { ServicePort } from '../model/service-port.ts';
import type { ServicePortPlan } from '../plan/types.ts';
import type { InForce, Scene } from './scene.ts';

/**
 * Says what the slices of a service port lack, where they list no endpoint for it at all.
 * @returns undefined where they list some: each of these has its own reason then
 */
export function whyNobody(scene: Scene, family: Family, { servicePort, ...plan }: ServicePortPlan): string | undefined {
  if (plan.clusterEndpoints.length || plan.localEndpoints.length || plan.leftOut.length) return undefined;
  const owner = objectKey({ namespace: servicePort.namespace, name: servicePort.service });
  const slices = scene.index.slicesOf(owner, family);
  if (!slices.length) {
    const others = FAMILIES.some(other => other !== family && scene.index.slicesOf(owner, other).length);
    return others
      ? `its EndpointSlices have no ${familyLabel[family]} addresses`
      : 'no EndpointSlice has the label kubernetes.io/service-name with its name';
  }
  const ports = slices.flatMap(slice => slice.ports);
  if (!ports.some(port => isFor(servicePort, port))) {
    const found = [...new Set(ports.map(({ name, protocol }) => named(name, protocol)))].join(', ');
    const wanted = named(servicePort.portName, servicePort.protocol);
    return `its EndpointSlices have ${found || 'no ports'}, and none that matches ${wanted}`;
  }
  return 'its EndpointSlices list no endpoint';
}

const isFor = (
  { portName, protocol }: ServicePort,
  port: { readonly name: string; readonly protocol: string },
): boolean => port.name === portName && parseProtocol(port.protocol) === protocol;

const named = (name: string, protocol: string): string =>
  `${name === '' ? 'an unnamed port' : `port ${name}`} (${protocol || 'TCP'})`;

/** Why a virtual server forwards nothing, or nothing to those who take no short cut. */
export function lackOf(
  scene: Scene,
  family: Family,
  { port, virtualServer }: Pick<InForce, 'port' | 'virtualServer'>,
): string {
  if (!port.hasEndpoints) {
    const nobody = whyNobody(scene, family, port);
    return `has no endpoint that could serve${nobody === undefined ? '' : `: ${nobody}`}`;
  }
  const which = virtualServer.kind === 'ClusterIP' ? 'internal' : 'external';
  return `has endpoints, but none on this node, and its ${which} traffic policy is Local`;
}
