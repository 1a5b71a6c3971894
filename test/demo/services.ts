// The Services of the demo. pod-b asks and is no endpoint of any of them.

import { service, slice, tcp } from '../conformance/objects.ts';
import { hostNamed, NODE } from '../conformance/lib/hosts.ts';
import type { KubeObject } from '../conformance/lib/kube-object.ts';

export const WEB = { ip: '10.96.0.10', port: 80, nodePort: 30080 } as const;
const API = { ip: '10.96.0.20', port: 80 } as const;
const SHOP = { ip: '10.96.0.30', vip: '203.0.113.30', port: 443, nodePort: 30443, checkPort: 32043 } as const;
const DUAL = {
  ip: '10.96.0.40',
  ip6: 'fd00:10:96::40',
  vip: '203.0.113.40',
  vip6: '2001:db8:5::40',
  port: 80,
} as const;
const IDLE = { ip: '10.96.0.50', port: 80 } as const;

/** Where the Services are reached, each as a client would write it. */
export const ADDRESSES = {
  webClusterIP: `${WEB.ip}:${WEB.port}`,
  webNodePort: `${NODE.v4}:${WEB.nodePort}`,
  api: `${API.ip}:${API.port}`,
  shopVIP: `${SHOP.vip}:${SHOP.port}`,
  dualClusterIP6: `[${DUAL.ip6}]:${DUAL.port}`,
  dualVIP6: `[${DUAL.vip6}]:${DUAL.port}`,
  idle: `${IDLE.ip}:${IDLE.port}`,
} as const;

/** The endpoints of `web`, which is scaled. */
export const webEndpoints = (...hosts: readonly string[]): KubeObject => slice('web', hosts);

/** All of them, once `web` is scaled up, as `nft` writes them. */
export const WEB_PODS: readonly string[] = ['pod-a', 'remote-a', 'remote-b'].map(
  name => `${hostNamed(name).v4} . 8080`,
);

export interface DemoService {
  readonly name: string;
  readonly type: string;
  /** Its addresses, in words. */
  readonly addresses: string;
  readonly endpoints: readonly string[];
  readonly objects: readonly KubeObject[];
  /** Where it is asked for, to see whether it is forwarded. */
  readonly to: string;
}

/** The Services in the order in which they appear. */
export function demoServices(): DemoService[] {
  return [
    {
      name: 'web',
      type: 'NodePort',
      addresses: `${WEB.ip}:${WEB.port}, node port ${WEB.nodePort}`,
      endpoints: ['pod-a', 'remote-a'],
      objects: [
        service('web', { type: 'NodePort', ip: WEB.ip, ports: [tcp(WEB.port, { nodePort: WEB.nodePort })] }),
        webEndpoints('pod-a', 'remote-a'),
      ],
      to: ADDRESSES.webNodePort,
    },
    {
      name: 'api',
      type: 'ClusterIP',
      addresses: `${API.ip}:${API.port}`,
      endpoints: ['pod-a', 'remote-a', 'remote-b'],
      objects: [
        service('api', { ip: API.ip, ports: [tcp(API.port)] }),
        slice('api', ['pod-a', 'remote-a', 'remote-b']),
      ],
      to: ADDRESSES.api,
    },
    {
      name: 'shop',
      type: 'LoadBalancer, Local',
      addresses: `${SHOP.ip}:${SHOP.port}, ${SHOP.vip}:${SHOP.port}`,
      endpoints: ['pod-a', 'remote-b'],
      objects: [
        service('shop', {
          type: 'LoadBalancer',
          ip: SHOP.ip,
          vips: [SHOP.vip],
          externalTrafficPolicy: 'Local',
          healthCheckNodePort: SHOP.checkPort,
          ports: [tcp(SHOP.port, { nodePort: SHOP.nodePort })],
        }),
        slice('shop', ['pod-a', 'remote-b']),
      ],
      to: ADDRESSES.shopVIP,
    },
    {
      name: 'dual',
      type: 'LoadBalancer, dual-stack',
      addresses: `[${DUAL.ip6}]:${DUAL.port}, [${DUAL.vip6}]:${DUAL.port}`,
      endpoints: ['pod-a', 'remote-a'],
      objects: [
        service('dual', {
          type: 'LoadBalancer',
          ip: [DUAL.ip, DUAL.ip6],
          vips: [DUAL.vip, DUAL.vip6],
          allocateLoadBalancerNodePorts: false,
          ports: [tcp(DUAL.port)],
        }),
        slice('dual', ['pod-a', 'remote-a']),
        slice('dual', ['pod-a', 'remote-a'], { family: 'v6' }),
      ],
      to: ADDRESSES.dualVIP6,
    },
    {
      name: 'idle',
      type: 'ClusterIP, no endpoints',
      addresses: `${IDLE.ip}:${IDLE.port}`,
      endpoints: [],
      objects: [service('idle', { ip: IDLE.ip, ports: [tcp(IDLE.port)] }), slice('idle', [])],
      to: ADDRESSES.idle,
    },
  ];
}
