import { TARGET_PORT } from '../cluster/addressing.ts';
import type { Size } from '../cluster/synthetic-cluster.ts';
import {
  endpointsOf,
  entryPart,
  fixedPart,
  hashed,
  MARK,
  notFromPods,
  portName,
  TABLE,
  target,
  text,
} from './layout.ts';
import type { Layout } from './layout.ts';

const MARKING = `mark set mark or ${MARK}`;

const FIXED = fixedPart({
  containers: ['set hairpin-connections { type ipv4_addr . ipv4_addr . inet_proto . inet_service; }'],
  chains: [],
  rules: [
    `masquerading mark and ${MARK} != 0 mark set mark xor ${MARK} masquerade fully-random`,
    'masquerading ct status dnat ip saddr . ip daddr . meta l4proto . th dport @hairpin-connections masquerade fully-random',
    `services ip daddr @cluster-ips ${notFromPods} ${MARKING}`,
  ],
});

function servicePart(size: Size, i: number, isReplaced: boolean): string[] {
  const chain = `${TABLE} service-${hashed(portName(i))}`;
  const endpoints = endpointsOf(size, i, isReplaced);
  const entries = endpoints.map((address, k) => `${k} : ${target(address)}`);
  const choice =
    endpoints.length === 1
      ? `dnat to ${endpoints[0]}:${TARGET_PORT}`
      : `dnat ip addr . port to numgen random mod ${endpoints.length} map { ${entries.join(' , ')} }`;
  return [`add chain ${chain}`, `flush chain ${chain}`, `add rule ${chain} meta l4proto tcp ${choice}`];
}

/** kube-proxy 1.36 and 1.37: a chain for each Service port, with an anonymous map of its endpoints in the dnat rule. */
export const mapPerService: Layout = {
  name: 'kube-proxy 1.36/1.37 layout',
  load: size => {
    const services = Array.from({ length: size.services }, (_, i) => [
      ...servicePart(size, i, false),
      ...entryPart(i, MARKING),
    ]);
    return text([...FIXED, ...services.flat()]);
  },
  change: (size, i, isReplaced) => [text(servicePart(size, i, isReplaced))],
};
