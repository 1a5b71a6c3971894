import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import type { ApiOperations } from '../apiserver/main.ts';
import { clusterIP, SERVICE_PORT, TARGET_PORT } from '../cluster/addressing.ts';
import { SyntheticCluster } from '../cluster/synthetic-cluster.ts';
import type { Size } from '../cluster/synthetic-cluster.ts';
import { BenchNetwork } from '../network/bench-network.ts';
import type { EndpointServerOperations } from '../network/endpoint-server.ts';
import type { NodeSideOperations } from '../network/node-side.ts';
import type { ProberOperations, Target, Wait } from '../network/prober.ts';
import { Helper } from '../process/helper.ts';
import { removeAtExit, removeNow } from '../process/leftovers.ts';
import { TemporaryDirectory } from '../process/temporary-directory.ts';
import { API_HOST, API_PORT, writeProxyConfig } from '../proxy/proxy-config.ts';
import type { Mode } from '../proxy/proxy-config.ts';
import { ProxyProcess } from '../proxy/proxy-process.ts';

export interface ProxyOptions {
  /** A shell command with kube-proxy's command line. */
  readonly proxy: string;
  readonly mode: Mode;
  readonly minSyncPeriod: string | undefined;
  /** The nft that is used, by the proxy and beside it. */
  readonly nft: string;
}

/** An API server has to hold some hundred megabytes; its garbage collector must not be what is measured. */
const API_NODE_OPTIONS = ['--max-old-space-size=8192', '--max-semi-space-size=64'];
const METRICS = 'http://127.0.0.1:10249/metrics';

/** Everything around one proxy: the network, an API server with a cluster of one size, and who asks. */
export class Stage {
  readonly cluster: SyntheticCluster;
  readonly network = removeAtExit(new BenchNetwork());
  readonly directory = removeAtExit(new TemporaryDirectory());
  readonly proxy: ProxyProcess;
  readonly api: Helper<ApiOperations>;
  readonly prober: Helper<ProberOperations>;
  readonly nodeSide: Helper<NodeSideOperations>;
  readonly #outside: Helper<EndpointServerOperations>;

  /** Makes the network and starts all but the proxy. @throws Error where `ip` fails */
  constructor(size: Size, { proxy, mode, minSyncPeriod, nft }: ProxyOptions) {
    removeAtExit(this);
    this.cluster = new SyntheticCluster(size);
    this.network.create();
    const namespace = this.network.namespace('node');
    this.api = new Helper(namespace, 'apiserver/main.ts', API_NODE_OPTIONS);
    this.nodeSide = new Helper(namespace, 'network/node-side.ts');
    this.prober = new Helper(this.network.namespace('client'), 'network/prober.ts');
    this.#outside = new Helper(this.network.namespace('outside'), 'network/endpoint-server.ts');
    const tools = this.directory.file('tools');
    mkdirSync(tools);
    if (nft.includes('/')) symlinkSync(realpathSync(nft), this.directory.file('tools/nft'));
    const log = this.directory.file('proxy.log');
    const args = writeProxyConfig(this.directory.path, mode, minSyncPeriod);
    this.proxy = new ProxyProcess({ command: proxy, args, namespace, log, tools });
  }

  /** Fills the API server and lets all endpoints answer. Resolves to the bytes of all objects. */
  async open(): Promise<number> {
    const [{ bytes }] = await Promise.all([
      this.api.call('load', this.cluster.size),
      this.#outside.call('serve', TARGET_PORT),
    ]);
    await this.api.call('listen', { host: API_HOST, port: API_PORT });
    return bytes;
  }

  /** How Service i is asked, and who should answer as of now. */
  target(i: number): Target {
    return { address: clusterIP(i), port: SERVICE_PORT, expected: this.cluster.endpointsOf(i) };
  }

  /** Replaces an endpoint of each of these Services. Resolves to the time of the events, monotonic, in nanoseconds. */
  async change(numbers: readonly number[]): Promise<bigint> {
    for (const i of numbers) this.cluster.change(i);
    return BigInt(await this.api.call('change', numbers));
  }

  /**
   * Waits until each of these Services is answered by an endpoint that it has as of now.
   * @returns the times of the answers, monotonic, in nanoseconds, in the order given
   * @throws Error when that takes too long, and when the proxy ends
   */
  async answered(numbers: readonly number[], probing: Omit<Wait, 'targets'>): Promise<readonly bigint[]> {
    const targets = numbers.map(i => this.target(i));
    const times = await Promise.race([this.prober.call('waitFor', { targets, ...probing }), this.proxy.mustNotEnd()]);
    return times.map(BigInt);
  }

  /** A metric of the proxy without labels; undefined where it has none. */
  metric(name: string): Promise<number | undefined> {
    return this.nodeSide.call('metric', { url: METRICS, name });
  }

  /** Ends and removes all of it. */
  remove(): void {
    this.proxy.kill();
    for (const helper of [this.api, this.prober, this.nodeSide, this.#outside]) helper.stop();
    removeNow(this.network);
    removeNow(this.directory);
  }
}
