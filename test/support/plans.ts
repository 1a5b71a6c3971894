import type { ServicePort } from '../../src/model/service-port.ts';
import type { Cidr, Family } from '../../src/model/ip.ts';
import type { RealServer, ServicePlan, VirtualServer } from '../../src/plan/types.ts';

export const range = (text: string): Cidr => {
  const [address = '', prefix] = text.split('/');
  return { family: address.includes(':') ? 'ipv6' : 'ipv4', address, prefix: Number(prefix) };
};

/** `10.244.1.2:8080`, with an `*` behind it for one on this node, and `=3` behind all of it for a weight. */
export function realServer(text: string): RealServer {
  const [server = '', weight] = text.split('=');
  const isLocal = server.endsWith('*');
  const plain = isLocal ? server.slice(0, -1) : server;
  const colon = plain.lastIndexOf(':');
  return {
    address: plain.slice(0, colon).replaceAll(/[[\]]/g, ''),
    port: Number(plain.slice(colon + 1)),
    isLocal,
    ...(weight !== undefined && { weight: Number(weight) }),
  };
}

export interface PlanOptions {
  readonly family?: Family;
  readonly seniority?: string;
  readonly protocol?: ServicePort['protocol'];
  readonly clusterIP?: string;
  /** As `realServer` reads them. */
  readonly endpoints?: readonly string[];
  readonly virtualServers?: readonly Partial<VirtualServer>[];
}

const forwarded: Omit<VirtualServer, 'address' | 'protocol'> = {
  kind: 'ClusterIP',
  port: 80,
  forward: 'cluster',
  unavailable: undefined,
  masquerade: false,
  sourceRanges: undefined,
};

/** A plan of one Service with one port, by default a ClusterIP with two real servers, one of them local. */
export function servicePlan(service: string, options: PlanOptions = {}): ServicePlan {
  const { family = 'ipv4', seniority = '2026', protocol = 'TCP' } = options;
  const v6 = family === 'ipv6';
  const clusterIP = options.clusterIP ?? (v6 ? 'fd00:10:96::1' : '10.96.0.1');
  const endpoints =
    options.endpoints ??
    (v6 ? ['[fd00:10:244::2]:8080*', '[fd00:10:244::3]:8080'] : ['10.244.1.2:8080*', '10.244.2.3:8080']);
  const clusterEndpoints = endpoints.map(realServer);
  const [namespace = '', name = ''] = service.split('/');
  const servicePort: ServicePort = {
    namespace,
    service: name,
    portName: '',
    protocol,
    clusterIP,
    port: 80,
    nodePort: 0,
    externalIPs: [],
    loadBalancerIPs: [],
    sourceRanges: [],
    internalTrafficPolicy: 'cluster',
    externalTrafficPolicy: 'cluster',
    affinityTimeoutSeconds: undefined,
  };
  return {
    service,
    family,
    seniority,
    healthCheckNodePort: 0,
    localReadyEndpoints: 0,
    problems: [],
    ports: [
      {
        servicePort,
        clusterEndpoints,
        localEndpoints: clusterEndpoints.filter(({ isLocal }) => isLocal),
        hasEndpoints: clusterEndpoints.length > 0,
        leftOut: [],
        servingEndpoints: [],
        virtualServers: (options.virtualServers ?? [{}]).map(one => ({
          ...forwarded,
          protocol,
          address: clusterIP,
          ...one,
        })),
      },
    ],
  };
}
