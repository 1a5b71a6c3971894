// Who has which address in a measurement. Every address of ENDPOINT_CIDR answers, so that any Service can be asked.

export const SERVICE_CIDR = '10.96.0.0/12';
export const POD_CIDR = '10.128.0.0/9';
export const ENDPOINT_CIDR = '10.160.0.0/11';

/** The one pod on the node: it asks. */
export const CLIENT_ADDRESS = '10.128.0.10';
export const CLIENT_GATEWAY = '10.128.0.1';
export const NODE_ADDRESS = '192.168.100.1';
/** Everyone else: all endpoints live here. */
export const OUTSIDE_ADDRESS = '192.168.100.2';
export const NODE_NAME = 'node-a';

export const SERVICE_PORT = 80;
export const TARGET_PORT = 8080;

const FIRST_CLUSTER_IP = 0x0a60_0100;
const FIRST_ENDPOINT = 0x0aa0_0000;
/** How far an endpoint moves when it is replaced: out of the way of all others. */
const MOVE = 0x10_0000;
const FIRST_NODE_PORT = 30_000;
const NODE_PORTS = 2700;
/** One Service in so many has a node port. */
const NODE_PORT_EVERY = 10;

const dotted = (n: number): string => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.');

/** The ClusterIP of Service i. */
export const clusterIP = (i: number): string => dotted(FIRST_CLUSTER_IP + i);

/** The n-th endpoint of all, before or after it was replaced. */
export const endpointAddress = (n: number, isReplaced: boolean): string =>
  dotted(FIRST_ENDPOINT + n + (isReplaced ? MOVE : 0));

/** The node port of Service i; 0 where it has none. */
export function nodePortOf(i: number): number {
  const n = i / NODE_PORT_EVERY;
  return Number.isInteger(n) && n < NODE_PORTS ? FIRST_NODE_PORT + n : 0;
}

/** More endpoints than this would run into the replaced ones. */
export const MOST_ENDPOINTS = MOVE;
