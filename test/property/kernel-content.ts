// What is in the tables of the fake kernel, what should be, and what must never be.

import { compileService } from '../../src/backend/nftables/compile.ts';
import { nodeEntriesOf } from '../../src/cli/node-settings.ts';
import { FAMILIES, type Family } from '../../src/model/ip.ts';
import { planService } from '../../src/plan/service-plan.ts';
import type { ServicePlan } from '../../src/plan/types.ts';
import type { FakeChain, FakeTable } from '../fakes/fake-nft-kernel.ts';
import { nodeSettings, viewOf, type Affinity } from './backend-world.ts';
import type { ClusterState } from './cluster-events.ts';

export type Tables = ReadonlyMap<string, FakeTable>;

/** `ip services 10.96.0.10 . tcp . 80` -> `goto cluster-tcp-2` */
export type Elements = ReadonlyMap<string, string>;

const tableOf = (family: Family): string => (family === 'ipv4' ? 'ip kube-proxy' : 'ip6 kube-proxy');
const prefixOf = (family: Family): string => (family === 'ipv4' ? 'ip' : 'ip6');

/** All elements of both tables. */
export function elementsOf(tables: Tables): Map<string, string> {
  const elements = new Map<string, string>();
  for (const family of FAMILIES) {
    for (const [name, container] of tables.get(tableOf(family))?.containers ?? []) {
      for (const [key, value] of container.elements) elements.set(`${prefixOf(family)} ${name} ${key}`, value);
    }
  }
  return elements;
}

/** The chains of both tables by table and name. */
export function chainsOf(tables: Tables): Map<string, FakeChain> {
  const all = [...tables].flatMap(([table, { chains }]) =>
    [...chains].map(([name, chain]) => [`${table} ${name}`, chain] as const),
  );
  return new Map(all.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The elements that a state of the cluster comes to, put together as simply as can be: of several Services that want one virtual server
 * the one has it that sorts first by age and name.
 */
export function expectedElements({ services, slices, node }: ClusterState, affinity: Affinity): Elements {
  const elements = new Map<string, string>();
  for (const family of FAMILIES) {
    const put = (container: string, key: string, value = ''): void =>
      void elements.set(`${prefixOf(family)} ${container} ${key}`, value);
    const plans: ServicePlan[] = [];
    for (const [key, service] of services) {
      const own = [...slices.values()].filter(
        slice => slice.serviceName !== '' && `${slice.namespace}/${slice.serviceName}` === key,
      );
      const plan = planService({ service, slices: own }, family, viewOf(node));
      if (plan) plans.push(plan);
    }
    const taken = new Set<string>();
    for (const plan of plans.toSorted((a, b) => (a.seniority < b.seniority ? -1 : 1))) {
      for (const { id, entries } of compileService(plan, { affinity: affinity[family] }).claims) {
        if (!taken.has(id)) for (const { container, key, value } of entries) put(container, key, value);
        taken.add(id);
      }
      for (const { servicePort, clusterEndpoints, localEndpoints } of plan.ports) {
        put('cluster-ips', servicePort.clusterIP);
        for (const { address, port, isLocal } of [...clusterEndpoints, ...localEndpoints])
          if (isLocal) put('hairpin', `${address} . ${address} . ${servicePort.protocol.toLowerCase()} . ${port}`);
      }
    }
    const settings = nodeSettings(node, family, affinity);
    const entries = nodeEntriesOf(settings, node.serviceCIDRs, node.localAddresses);
    for (const key of entries.podCIDRs) put('pod-cidrs', key);
    for (const key of entries.serviceCIDRs) put('service-cidrs', key);
    for (const key of entries.nodePortAddresses) put('nodeport-ips', key);
  }
  return elements;
}

/** `goto nodeport-local-tcp-3-2-s80-10.96.0.10` */
const SHAPE = /^goto (nodeport-)?(cluster|external|internal|local)-(tcp|udp|sctp)-(\d+)(?:-(\d+)(?:-|$))?/;
const FORWARDED = /^(ip6?) (services|nodeports) (?:(\S+) \. )?(tcp|udp|sctp) \. (\d+)$/;

/**
 * What a packet could trip over: virtual servers whose real servers are not all there, and real servers that nothing leads to.
 * @returns one line each; empty for a table that is whole
 */
export function inconsistenciesOf(elements: Elements): string[] {
  const found: string[] = [];
  const expected = new Set<string>();
  for (const [id, verdict] of elements) {
    const target = FORWARDED.exec(id);
    if (!target) continue;
    const [, ip, container, address, protocol, port] = target;
    const shape = SHAPE.exec(verdict);
    if (!shape || shape[3] !== protocol || Boolean(shape[1]) !== (container === 'nodeports')) {
      found.push(`${id} leads to ${verdict}`);
      continue;
    }
    const [, , kind] = shape;
    const [count, localCount] = [Number(shape[4]), Number(shape[5] ?? 0)];
    const map = container === 'services' ? `endpoints-${protocol}` : `nodeport-endpoints-${protocol}`;
    const dialled = container === 'services' ? `${address} . ${port}` : port;
    const [cluster, local] = kind === 'internal' ? [0, count] : [count, localCount];
    for (let i = 0; i < cluster; i += 1) expected.add(`${ip} ${map} ${i} . ${dialled}`);
    for (let i = 0; i < local; i += 1) expected.add(`${ip} ${map} ${65_536 + i} . ${dialled}`);
    if (count === 0) found.push(`${id} leads nowhere`);
  }
  for (const id of expected) if (!elements.has(id)) found.push(`${id} is missing`);
  for (const id of elements.keys()) {
    if (/ (?:nodeport-)?endpoints-/.test(id) && !expected.has(id)) found.push(`${id} is left over`);
  }
  return found;
}

/** What was there before some transactions and is there after them, and was not there in between. */
export function gapsIn(states: readonly Tables[]): string[] {
  const [first, last] = [states[0], states.at(-1)];
  if (!first || !last) return [];
  const [before, after] = [keysOf(first), keysOf(last)];
  const stays = [...before].filter(key => after.has(key));
  return states.slice(1, -1).flatMap(state => {
    const now = keysOf(state);
    return stays.filter(key => !now.has(key));
  });
}

/** Elements, VIPs however they are answered, and chains that do something. */
function keysOf(tables: Tables): Set<string> {
  const ids = [...elementsOf(tables).keys()];
  const vips = ids.flatMap(id => {
    const vip = /^(ip6? )(?:services|nodeports|unavailable|unavailable-nodeports) (.*)$/.exec(id);
    return vip ? `${vip[1]}${vip[2]}` : [];
  });
  const chains = [...chainsOf(tables)].filter(([, { rules }]) => rules.length).map(([id]) => `chain ${id}`);
  return new Set([...ids, ...vips.map(vip => `VIP ${vip}`), ...chains]);
}
