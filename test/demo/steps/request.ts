import { judge } from '../../conformance/lib/expectations.ts';
import { isAnswer } from '../../conformance/lib/sighting.ts';
import { row } from '../narrator.ts';
import { ask, counted, resultOf } from '../requests.ts';
import { ADDRESSES } from '../services.ts';
import type { Tour } from '../tour.ts';

/** That one of three endpoints gets none of so many happens once in ten billion times. */
const ATTEMPTS = 60;
const WIDTHS = [6, 36, 14];

/** `own`: the node itself asks, with one of its addresses. */
type Source = 'preserved' | 'masqueraded' | 'own';

/** Who answers a client, exactly, and what they see of it. */
interface Expected {
  readonly backends: readonly string[];
  readonly source: Source;
}

interface Destination {
  readonly title: string;
  readonly to: string;
  readonly from: Readonly<Record<'pod-b' | 'node' | 'client', Expected>>;
}

const all = (backends: readonly string[], source: Source): Expected => ({ backends, source });
const WEB = ['pod-a', 'remote-a'];
const API = ['pod-a', 'remote-a', 'remote-b'];
const SHOP = ['pod-a', 'remote-b'];
const DUAL = ['pod-a', 'remote-a'];

const DESTINATIONS: readonly Destination[] = [
  {
    title: 'ClusterIP of api',
    to: ADDRESSES.api,
    from: { 'pod-b': all(API, 'preserved'), node: all(API, 'own'), client: all(API, 'masqueraded') },
  },
  {
    title: 'NodePort of web',
    to: ADDRESSES.webNodePort,
    from: { 'pod-b': all(WEB, 'masqueraded'), node: all(WEB, 'own'), client: all(WEB, 'masqueraded') },
  },
  {
    title: 'LoadBalancer IP of shop, policy Local: from outside only to pods of this node',
    to: ADDRESSES.shopVIP,
    from: { 'pod-b': all(SHOP, 'preserved'), node: all(SHOP, 'own'), client: all(['pod-a'], 'preserved') },
  },
  {
    title: 'IPv6 ClusterIP of dual',
    to: ADDRESSES.dualClusterIP6,
    from: { 'pod-b': all(DUAL, 'preserved'), node: all(DUAL, 'own'), client: all(DUAL, 'masqueraded') },
  },
  {
    title: 'IPv6 LoadBalancer IP of dual',
    to: ADDRESSES.dualVIP6,
    from: { 'pod-b': all(DUAL, 'masqueraded'), node: all(DUAL, 'own'), client: all(DUAL, 'masqueraded') },
  },
];

const IN_WORDS = { preserved: 'preserved', masqueraded: 'masqueraded', own: "the node's own" } as const;

/** Requests from a pod, the node and outside to every kind of address. */
export async function request({ world, narrator }: Tour): Promise<void> {
  const what = `${ATTEMPTS} requests from a pod on this node (pod-b), from the node itself and from the client outside.`;
  narrator.step('3. Who answers, and what source address the answering pod sees', what);
  narrator.tell(row(WIDTHS, 'from', 'answered by', 'source'));
  for (const { title, to, from: clients } of DESTINATIONS) {
    narrator.tell(`- ${to}  ${title}`);
    for (const [from, { backends, source }] of Object.entries(clients)) {
      const seen = await ask(world, { from, to }, ATTEMPTS);
      const problem = judge(seen, { backends, source: source === 'own' ? 'masqueraded' : source });
      const sources = [...new Set(seen.filter(isAnswer).map(one => one.from))].toSorted().join(', ');
      narrator.check(row(WIDTHS, from, counted(seen.map(resultOf)), IN_WORDS[source], sources), problem);
    }
  }
}
