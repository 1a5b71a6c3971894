import { clusterIP, SERVICE_PORT, TARGET_PORT } from '../cluster/addressing.ts';
import type { Size } from '../cluster/synthetic-cluster.ts';
import { endpointsOf, entryPart, fixedPart, hashed, MARK, notFromPods, portName, TABLE, text } from './layout.ts';
import type { Layout } from './layout.ts';

const MARKED = 'mark-for-masquerade';

const FIXED = fixedPart({
  containers: [],
  chains: [MARKED],
  rules: [
    `${MARKED} mark set mark or ${MARK}`,
    `masquerading mark and ${MARK} == 0 return`,
    `masquerading mark set mark xor ${MARK}`,
    'masquerading masquerade fully-random',
  ],
});

const endpointChain = (i: number, address: string): string =>
  `endpoint-${hashed(`${portName(i)}__${address}/${TARGET_PORT}`)}`;

function endpointPart(i: number, address: string): string[] {
  const chain = `${TABLE} ${endpointChain(i, address)}`;
  return [
    `add chain ${chain}`,
    `flush chain ${chain}`,
    `add rule ${chain} ip saddr ${address} jump ${MARKED}`,
    `add rule ${chain} meta l4proto tcp dnat to ${address}:${TARGET_PORT}`,
  ];
}

function servicePart(size: Size, i: number, isReplaced: boolean): string[] {
  const chain = `${TABLE} service-${hashed(portName(i))}`;
  const endpoints = endpointsOf(size, i, isReplaced);
  const verdicts = endpoints.map((address, k) => `${k} : goto ${endpointChain(i, address)}`);
  return [
    `add chain ${chain}`,
    `flush chain ${chain}`,
    ...endpoints.flatMap(address => endpointPart(i, address)),
    `add rule ${chain} ip daddr ${clusterIP(i)} tcp dport ${SERVICE_PORT} ${notFromPods} jump ${MARKED}`,
    `add rule ${chain} numgen random mod ${endpoints.length} vmap { ${verdicts.join(' , ')} }`,
  ];
}

/** Up to kube-proxy 1.35: a chain for each Service port and for each endpoint, a verdict map of endpoint chains. */
export const chainPerEndpoint: Layout = {
  name: 'kube-proxy <= 1.35 layout',
  load: size => {
    const services = Array.from({ length: size.services }, (_, i) => [
      ...servicePart(size, i, false),
      ...entryPart(i, `jump ${MARKED}`),
    ]);
    return text([...FIXED, ...services.flat()]);
  },
  change: (size, i, isReplaced) => {
    const [gone = ''] = endpointsOf(size, i, !isReplaced);
    const chain = `${TABLE} ${endpointChain(i, gone)}`;
    // A chain may be in use for a moment after the rule that pointed at it is gone: it is deleted a second later.
    return [text([...servicePart(size, i, isReplaced), `flush chain ${chain}`]), text([`delete chain ${chain}`])];
  },
};
