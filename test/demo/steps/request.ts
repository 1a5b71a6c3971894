import { judge } from '../../conformance/lib/expectations.ts';
import { isAnswer } from '../../conformance/lib/sighting.ts';
import { row } from '../narrator.ts';
import { ask, countAnswers } from '../requests.ts';
import type { Route } from '../requests.ts';
import { ADDRESSES } from '../services.ts';
import type { Tour } from '../tour.ts';

/** That one of three endpoints gets none of them happens once in ten billion times. */
const ATTEMPTS = 60;
const WIDTHS = [6, 4, 22, 36];

interface Row extends Route {
  readonly service: string;
  /** Exactly these answer. */
  readonly backends: readonly string[];
  /** `own`: the node itself asks, with one of its addresses. */
  readonly source: 'preserved' | 'masqueraded' | 'own';
}

const WEB = ['pod-a', 'remote-a'];
const API = ['pod-a', 'remote-a', 'remote-b'];
const DUAL = ['pod-a', 'remote-a'];
const SHOP = ['pod-a', 'remote-b'];
const SHOP_HERE = ['pod-a'];

const GROUPS: readonly { readonly title: string; readonly rows: readonly Row[] }[] = [
  {
    title: 'ClusterIP of api',
    rows: [
      { service: 'api', from: 'pod-b', to: ADDRESSES.api, backends: API, source: 'preserved' },
      { service: 'api', from: 'node', to: ADDRESSES.api, backends: API, source: 'own' },
      { service: 'api', from: 'client', to: ADDRESSES.api, backends: API, source: 'masqueraded' },
    ],
  },
  {
    title: 'NodePort of web',
    rows: [
      { service: 'web', from: 'pod-b', to: ADDRESSES.webNodePort, backends: WEB, source: 'masqueraded' },
      { service: 'web', from: 'node', to: ADDRESSES.webNodePort, backends: WEB, source: 'own' },
      { service: 'web', from: 'client', to: ADDRESSES.webNodePort, backends: WEB, source: 'masqueraded' },
    ],
  },
  {
    title: 'LoadBalancer IP of shop: under the policy Local, outsiders are kept on this node and keep their address',
    rows: [
      { service: 'shop', from: 'pod-b', to: ADDRESSES.shopVIP, backends: SHOP, source: 'preserved' },
      { service: 'shop', from: 'node', to: ADDRESSES.shopVIP, backends: SHOP, source: 'own' },
      { service: 'shop', from: 'client', to: ADDRESSES.shopVIP, backends: SHOP_HERE, source: 'preserved' },
    ],
  },
  {
    title: 'IPv6: ClusterIP and LoadBalancer IP of dual',
    rows: [
      { service: 'dual', from: 'pod-b', to: ADDRESSES.dualClusterIP6, backends: DUAL, source: 'preserved' },
      { service: 'dual', from: 'node', to: ADDRESSES.dualVIP6, backends: DUAL, source: 'own' },
      { service: 'dual', from: 'client', to: ADDRESSES.dualVIP6, backends: DUAL, source: 'masqueraded' },
    ],
  },
];

const IN_WORDS = { preserved: 'preserved', masqueraded: 'masqueraded', own: "the node's own" } as const;

/** Requests from a pod, the node and outside to every kind of address. */
export async function request({ world, narrator }: Tour): Promise<void> {
  const what = `${ATTEMPTS} requests from each: to a pod on this node (pod-b), to the node itself, to a client outside.`;
  narrator.step('3. Who answers, and which source address the answering pod sees', what.replaceAll(' to ', ' from '));
  narrator.tell(row(WIDTHS, 'from', 'to', '', 'answered by', 'source seen'));
  for (const { title, rows } of GROUPS) {
    narrator.tell(`${title}`);
    for (const { service, from, to, backends, source } of rows) {
      const seen = await ask(world, { from, to }, ATTEMPTS);
      const problem = judge(seen, { backends, source: source === 'own' ? 'masqueraded' : source });
      const sources = [...new Set(seen.filter(isAnswer).map(one => one.from))].toSorted();
      const told = `${IN_WORDS[source]}: ${sources.join(', ')}`;
      narrator.check(row(WIDTHS, from, service, to, countAnswers(seen), told), problem);
    }
  }
}
