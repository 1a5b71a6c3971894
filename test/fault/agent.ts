// The program without its servers and its command line: from an API server over the network to a fake kernel.

import { pino } from 'pino';
import { NftablesBackend } from '../../src/backend/nftables/apply.ts';
import { Cluster } from '../../src/cli/cluster.ts';
import { LiveNode } from '../../src/cli/live-node.ts';
import { resolveConfiguration } from '../../src/config/resolve.ts';
import { createAccess } from '../../src/kube/auth.ts';
import { createTransport, type Transport } from '../../src/kube/transport.ts';
import { FAMILIES } from '../../src/model/ip.ts';
import { planService } from '../../src/plan/service-plan.ts';
import { Reconciler } from '../../src/reconcile/reconciler.ts';
import { HealthState } from '../../src/telemetry/health-state.ts';
import type { FakeNft } from '../fakes/fake-nft.ts';
import { FIRST_NODE } from '../property/cluster-events.ts';
import { NODE_NAME } from '../support/addresses.ts';

const CONFIGURATION = `
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
clusterCIDR: 10.244.0.0/16
nodePortAddresses: [0.0.0.0/0, "::/0"]
`;
const nothing = (): void => undefined;

export interface AgentOptions {
  /** Of the API server. */
  readonly url: string;
  readonly nft: FakeNft;
  /** Told of each line of the log. */
  readonly log?: (line: string) => void;
}

export class Agent {
  readonly cluster: Cluster;
  readonly reconciler: Reconciler;
  readonly #transport: Transport;
  readonly #abort = new AbortController();
  readonly #running: Promise<unknown>;

  constructor({ url, nft, log = nothing }: AgentOptions) {
    const logger = pino({ level: 'debug' }, { write: log });
    const { configuration } = resolveConfiguration(new Map(), CONFIGURATION);
    const health = new HealthState({ healthTimeoutMs: 60_000, now: () => Date.now() });
    const localAddresses = (): Promise<readonly string[]> => Promise.resolve(FIRST_NODE.localAddresses);
    const live = new LiveNode({
      configuration,
      nodeName: NODE_NAME,
      families: FAMILIES,
      health,
      logger,
      localAddresses,
    });
    live.hashAffinity(['ipv6']);
    this.#transport = createTransport({
      access: createAccess({ kubeconfig: '', master: url }),
      userAgent: 'sluice/test',
    });
    this.cluster = new Cluster({
      nodeName: NODE_NAME,
      transport: this.#transport,
      observer: {
        onListed: nothing,
        onRelist: nothing,
        onWatchStarted: nothing,
        onWatchEnded: nothing,
        onEvent: nothing,
        onError: nothing,
        onProblems: nothing,
      },
      logger,
      onServices: owners => live.reconciler?.touch(owners),
      onSlice: nothing,
      onServiceEvents: nothing,
      onNode: node => live.setNode(node),
      onServiceCIDRs: cidrs => live.setServiceCIDRs(cidrs),
    });
    const { index } = this.cluster;
    const backend = new NftablesBackend({ nft, rulesets: live.rulesets, logger });
    this.reconciler = new Reconciler({
      backend,
      plan: (owner, family) => {
        const service = index.service(owner);
        return service && planService({ service, slices: index.slicesOf(owner, family) }, family, live.view);
      },
      times: { quietMs: 2, maxDelayMs: 20, minPeriodMs: 0, maxRetryMs: 400, verifyMs: 900_000 },
      observer: { queued: nothing, began: nothing, problems: nothing, applied: nothing, failed: nothing },
      logger,
    });
    live.start(this.reconciler, backend, () => index.serviceKeys());
    const { signal } = this.#abort;
    const work = async (): Promise<void> => {
      void this.cluster.watchNode(signal);
      await this.cluster.watchServices(signal);
      await live.refreshAddresses();
      this.reconciler.start();
    };
    this.#running = this.reconciler.run(signal);
    void work();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#transport.close();
    await this.#running;
  }
}
