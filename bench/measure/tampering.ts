import { clusterIP, SERVICE_PORT, TARGET_PORT } from '../cluster/addressing.ts';

/** What another program does to the table, by nft, so that packets show it. */
export interface Tampering {
  readonly name: string;
  /** In nft's syntax. @param service the number of one that has a single endpoint. @param endpoint its address */
  readonly script: (service: number, endpoint: string) => string;
}

const TABLE = 'ip kube-proxy';
const serviceKey = (service: number): string => `${clusterIP(service)} . tcp . ${SERVICE_PORT}`;
const endpointKey = (service: number): string => `0 . ${clusterIP(service)} . ${SERVICE_PORT}`;

/** In the order in which they are done; each is put right before the next one. */
export const TAMPERINGS: readonly Tampering[] = [
  {
    name: 'an element deleted',
    script: service => `delete element ${TABLE} services { ${serviceKey(service)} }\n`,
  },
  {
    name: 'an element added',
    script: (_, endpoint) =>
      `add element ${TABLE} unavailable { ${endpoint} . tcp . ${TARGET_PORT} : goto reject-chain }\n`,
  },
  {
    name: 'an element changed',
    script: service => {
      const key = endpointKey(service);
      // A test network (RFC 5737), where nobody answers.
      return `delete element ${TABLE} endpoints-tcp { ${key} }\nadd element ${TABLE} endpoints-tcp { ${key} : 192.0.2.1 . 8080 }\n`;
    },
  },
  { name: 'a rule deleted', script: () => `flush chain ${TABLE} dispatch\n` },
  { name: 'a rule added', script: () => `insert rule ${TABLE} dispatch return\n` },
  { name: 'the map `services` flushed', script: () => `flush map ${TABLE} services\n` },
  { name: 'the map `endpoints-tcp` flushed', script: () => `flush map ${TABLE} endpoints-tcp\n` },
  { name: '`delete table`', script: () => `delete table ${TABLE}\n` },
  { name: '`flush ruleset`', script: () => 'flush ruleset\n' },
];
