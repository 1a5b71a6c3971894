// kube-proxy's nftables rulesets, written from a description of them: layouts, not the program. They hold what it would
// program for the cluster of a measurement, with ClusterCIDR detection, in the order in which it sends it.

import { createHash } from 'node:crypto';
import {
  clusterIP,
  endpointAddress,
  nodePortOf,
  NODE_ADDRESS,
  POD_CIDR,
  SERVICE_CIDR,
  SERVICE_PORT,
  TARGET_PORT,
} from '../cluster/addressing.ts';
import { serviceKey } from '../cluster/api-objects.ts';
import type { Size } from '../cluster/synthetic-cluster.ts';

/** A way in which a ruleset can be laid out. */
export interface Layout {
  readonly name: string;
  /** A transaction that makes the rules of a whole cluster, in nft's own syntax. */
  load(size: Size): string;
  /** Transactions that replace the first endpoint of Service i: the first one has the effect, others tidy up. */
  change(size: Size, i: number, isReplaced: boolean): readonly string[];
}

export const TABLE = 'ip kube-proxy';
export const MARK = '0x00004000';

/** Names are a hash, so that they are unique, and then what a reader wants to know. */
export function hashed(name: string): string {
  const digest = createHash('sha256').update(name).digest();
  let bits = 0n;
  for (const byte of digest.subarray(0, 5)) bits = (bits << 8n) | BigInt(byte);
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const hash = Array.from({ length: 8 }, (_, n) => alphabet[Number((bits >> BigInt(35 - 5 * n)) & 31n)]).join('');
  return `${hash}-${name}`;
}

export const portName = (i: number): string => `${serviceKey(i)}/tcp/http`;

/** The endpoints of Service i, the first one replaced or not. */
export const endpointsOf = ({ endpointsEach }: Size, i: number, isReplaced = false): readonly string[] =>
  Array.from({ length: endpointsEach }, (_, k) => endpointAddress(i * endpointsEach + k, isReplaced && k === 0));

const BASE_CHAINS = [
  ['filter-prerouting-pre-dnat', 'filter', 'prerouting', -110],
  ['filter-output-pre-dnat', 'filter', 'output', -110],
  ['filter-input', 'filter', 'input', 0],
  ['filter-forward', 'filter', 'forward', 0],
  ['filter-output', 'filter', 'output', 0],
  ['nat-prerouting', 'nat', 'prerouting', -100],
  ['nat-output', 'nat', 'output', -100],
  ['nat-postrouting', 'nat', 'postrouting', 100],
] as const;

const FIXED_CHAINS = [
  'masquerading',
  'cluster-ips-check',
  'reject-chain',
  'service-endpoints-check',
  'nodeport-endpoints-check',
  'firewall-check',
  'services',
];

const SETS = [
  'set cluster-ips { type ipv4_addr; }',
  'set nodeport-ips { type ipv4_addr; }',
  'map service-ips { type ipv4_addr . inet_proto . inet_service : verdict; }',
  'map service-nodeports { type inet_proto . inet_service : verdict; }',
  'map no-endpoint-services { type ipv4_addr . inet_proto . inet_service : verdict; }',
  'map no-endpoint-nodeports { type inet_proto . inet_service : verdict; }',
  'map firewall-ips { type ipv4_addr . inet_proto . inet_service : verdict; }',
];

const RULES = [
  'filter-input ct state new jump nodeport-endpoints-check',
  'filter-input ct state new jump service-endpoints-check',
  'filter-forward ct state new jump service-endpoints-check',
  'filter-output ct state new jump service-endpoints-check',
  'filter-prerouting-pre-dnat ct state new jump firewall-check',
  'filter-output-pre-dnat ct state new jump firewall-check',
  'nat-output jump services',
  'nat-prerouting jump services',
  'nat-postrouting jump masquerading',
  'filter-forward ct state new jump cluster-ips-check',
  'filter-output ct state new jump cluster-ips-check',
  'cluster-ips-check ip daddr @cluster-ips reject',
  `cluster-ips-check ip daddr { ${SERVICE_CIDR} } drop`,
  'reject-chain reject',
  'service-endpoints-check ip daddr . meta l4proto . th dport vmap @no-endpoint-services',
  'nodeport-endpoints-check ip daddr @nodeport-ips meta l4proto . th dport vmap @no-endpoint-nodeports',
  'firewall-check ip daddr . meta l4proto . th dport vmap @firewall-ips',
];

/** Statements for all that does not depend on Services. @param extra what only one layout has: containers, chains, rules */
export function fixedPart(extra: {
  containers: readonly string[];
  chains: readonly string[];
  rules: readonly string[];
}): string[] {
  return [
    `add table ${TABLE}`,
    ...BASE_CHAINS.map(
      ([name, type, hook, priority]) =>
        `add chain ${TABLE} ${name} { type ${type} hook ${hook} priority ${priority} ; }`,
    ),
    ...[...FIXED_CHAINS, ...extra.chains].map(name => `add chain ${TABLE} ${name}`),
    ...[...SETS, ...extra.containers].map(set => set.replace(' ', ` ${TABLE} `)).map(set => `add ${set}`),
    ...[...RULES, ...extra.rules].map(rule => `add rule ${TABLE} ${rule}`),
    `add rule ${TABLE} services ip daddr . meta l4proto . th dport vmap @service-ips`,
    `add rule ${TABLE} services ip daddr @nodeport-ips meta l4proto . th dport vmap @service-nodeports`,
    `add element ${TABLE} nodeport-ips { ${NODE_ADDRESS} }`,
  ];
}

/** Statements for how a Service is reached: its ClusterIP, and its node port where it has one. */
export function entryPart(i: number, markRule: string): string[] {
  const name = hashed(portName(i));
  const nodePort = nodePortOf(i);
  const external = `external-${name}`;
  return [
    `add element ${TABLE} cluster-ips { ${clusterIP(i)} }`,
    `add element ${TABLE} service-ips { ${clusterIP(i)} . tcp . ${SERVICE_PORT} : goto service-${name} }`,
    ...(nodePort
      ? [
          `add chain ${TABLE} ${external}`,
          `add rule ${TABLE} ${external} ${markRule}`,
          `add rule ${TABLE} ${external} goto service-${name}`,
          `add element ${TABLE} service-nodeports { tcp . ${nodePort} : goto ${external} }`,
        ]
      : []),
  ];
}

export const target = (address: string): string => `${address} . ${TARGET_PORT}`;
export const notFromPods = `ip saddr != ${POD_CIDR}`;
export const text = (statements: readonly string[]): string => `${statements.join('\n')}\n`;
