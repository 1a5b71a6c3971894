import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { SERVICE_PORT, TARGET_PORT, clusterIP } from '../cluster/addressing.ts';
import { LAYOUTS } from '../layouts/measure-layout.ts';
import type { Layout } from '../layouts/layout.ts';
import { Stage } from '../measure/stage.ts';
import type { ProxyOptions } from '../measure/stage.ts';
import { Helper } from '../process/helper.ts';
import { removeNow } from '../process/leftovers.ts';
import type { DataPathResult } from '../report/results.ts';
import type { Connected, ConnectorOperations, Destination } from './connector.ts';

/** Few enough that the layout with a chain for each endpoint loads within a minute at 10,000 Services. */
const ENDPOINTS_EACH = 2;
const WITHIN_MS = 300_000;
const RATE_WIDTH = 16;
const WARM_UP_SECONDS = 0.3;

export interface DataPathOptions extends ProxyOptions {
  readonly rounds: number;
  /** Of each of the two measurements in a round. */
  readonly roundSeconds: number;
  /** The most endpoints that a layout is loaded with. */
  readonly mostOf: (layout: Layout) => number;
}

interface Way {
  readonly name: string;
  readonly stage: Stage;
  readonly connector: Helper<ConnectorOperations>;
  readonly targets: readonly Destination[];
  readonly rates: Connected[];
  readonly latencies: Connected[];
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/**
 * New TCP connections from a pod through the node, spread over all ClusterIPs: through the proxy's rules, through
 * kube-proxy's layouts, and without any rules straight to the endpoints. Each way has a node of its own and rounds take
 * turns, so that what else the machine does hits all alike.
 */
export async function measureDataPath(services: number, options: DataPathOptions): Promise<readonly DataPathResult[]> {
  const size = { services, endpointsEach: ENDPOINTS_EACH };
  const ways: Way[] = [];
  const open = async (name: string): Promise<Way> => {
    const stage = new Stage(size, options);
    const connector = new Helper<ConnectorOperations>(stage.network.namespace('client'), 'datapath/connector.ts');
    const isDirect = name === 'direct';
    const targets = stage.cluster.services.map(i => {
      const [endpoint = ''] = stage.cluster.endpointsOf(i);
      return isDirect ? { address: endpoint, port: TARGET_PORT } : { address: clusterIP(i), port: SERVICE_PORT };
    });
    const way = { name, stage, connector, targets: shuffled(targets), rates: [], latencies: [] };
    ways.push(way);
    await stage.open();
    return way;
  };
  try {
    await open('direct');
    const { stage } = await open('proxy');
    stage.proxy.start();
    await stage.answered(stage.cluster.services, { width: 16, paceMs: 20, timeoutMs: WITHIN_MS });
    for (const { layout } of LAYOUTS) {
      if (services * ENDPOINTS_EACH > options.mostOf(layout)) continue;
      const { stage: node } = await open(layout.name);
      const file = node.directory.file('layout.nft');
      writeFileSync(file, layout.load(size));
      execFileSync('ip', ['netns', 'exec', node.network.namespace('node'), options.nft, '-f', file], { stdio: 'pipe' });
    }
    for (const way of ways) await connect(way, WARM_UP_SECONDS, RATE_WIDTH);
    for (let round = 0; round < options.rounds; round += 1) {
      for (const way of ways) way.rates.push(await connect(way, options.roundSeconds, RATE_WIDTH));
      for (const way of ways) way.latencies.push(await connect(way, options.roundSeconds, 1));
    }
    return ways.map(({ name, rates, latencies }) => ({
      way: name,
      services,
      connectionsPerSecond: median(rates.map(({ connections, seconds }) => connections / seconds)),
      p50Us: median(latencies.map(({ p50Us }) => p50Us)),
      p99Us: median(latencies.map(({ p99Us }) => p99Us)),
      errors: [...rates, ...latencies].reduce((sum, { errors }) => sum + errors, 0),
    }));
  } finally {
    for (const { connector, stage } of ways) {
      connector.stop();
      removeNow(stage);
    }
  }
}

const connect = ({ connector, targets }: Way, seconds: number, width: number): Promise<Connected> =>
  connector.call('connect', { targets, seconds, width });

/** In an order that no cache likes, the same each time. */
function shuffled<T>(items: readonly T[]): readonly T[] {
  const order = items.map((item, n) => ({ item, at: (n * 2_654_435_761) % 4_294_967_296 }));
  return order.toSorted((a, b) => a.at - b.at).map(({ item }) => item);
}
