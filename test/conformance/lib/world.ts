// Everything that outlives a scenario: the network, the outposts in it, and the API server double; and what a
// scenario gets anew: objects and a proxy.

import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import type net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiServer } from '../apiserver.ts';
import { hasSctp } from '../outpost/sctp.ts';
import { Canary } from './canary.ts';
import { API_PORT, HEALTHZ_PORT, kubeconfig, proxyConfig } from './config.ts';
import type { Mode, Settings } from './config.ts';
import type { Mapping } from './affinity.ts';
import { sleep } from './exec.ts';
import { HOSTS, NAMESPACES, NODE, NODE_NAME, NODE_SERVER_PORT, PORTS } from './hosts.ts';
import type { Namespace } from './hosts.ts';
import type { KubeObject } from './kube-object.ts';
import { Outpost } from './outpost.ts';
import { describeEnd, Proxy } from './proxy.ts';
import { Topology } from './topology.ts';

const READY_WITHIN_MS = 30_000;
const PAUSE_MS = 50;

export interface WorldOptions {
  /** The command of the proxy under test. */
  readonly command: string;
  readonly mode: Mode;
  /** Deadlines are stretched by this factor. */
  readonly patience?: number;
  /** The `nft` that the proxy finds; the machine's own if absent. */
  readonly nft?: string | undefined;
}

export interface Preparation {
  readonly objects: readonly KubeObject[];
  readonly config?: Settings | undefined;
  readonly args?: readonly string[] | undefined;
  readonly mayExit?: boolean | undefined;
  /** The file that the proxy's output goes to. */
  readonly log: string;
}

/** What a scenario's steps leave for each other. */
export interface Memory {
  /** The proxy may end by itself. */
  readonly mayExit: boolean;
  /** The proxy was started and not stopped. */
  proxyExpected: boolean;
  readonly flows: Map<string, { readonly outpost: Namespace; first?: string }>;
  readonly traffic: Map<string, Namespace>;
  readonly mappings: Map<string, Mapping>;
}

const newMemory = (mayExit = false): Memory => ({
  mayExit,
  proxyExpected: false,
  flows: new Map(),
  traffic: new Map(),
  mappings: new Map(),
});

const serversIn = (namespace: Namespace) =>
  Object.entries(HOSTS)
    .filter(([, host]) => host.ns === namespace && !host.silent)
    .map(([who, { v4, v6 }]) => ({
      who,
      addresses: [v4, v6],
      ports: who === 'node-host' ? [...PORTS, NODE_SERVER_PORT] : PORTS,
    }));

export class World {
  readonly topology = new Topology();
  readonly api = new ApiServer();
  readonly mode: Mode;
  readonly patience: number;
  /** The text of the configuration in use. */
  config = '';
  memory = newMemory();

  readonly #command: string;
  readonly #nft: string | undefined;
  readonly #outposts = new Map<Namespace, Outpost>();
  readonly #canary = new Canary();
  #proxy: Proxy | undefined;
  #directory: string | undefined;
  #listener: net.Server | undefined;

  constructor({ command, mode, patience = 1, nft }: WorldOptions) {
    this.#command = command;
    this.mode = mode;
    this.patience = patience;
    this.#nft = nft;
  }

  /** The proxy of the scenario that was prepared last. */
  get proxy(): Proxy {
    if (!this.#proxy) throw new Error('no scenario was prepared');
    return this.#proxy;
  }

  get hasProxy(): boolean {
    return this.#proxy !== undefined;
  }

  /** The outpost in a namespace. */
  outpost(namespace: Namespace): Outpost {
    const outpost = this.#outposts.get(namespace);
    if (!outpost) throw new Error(`no outpost in ${namespace}`);
    return outpost;
  }

  /** Makes the network and everything in it. */
  async create(): Promise<void> {
    this.#directory = await mkdtemp(join(tmpdir(), `${this.topology.id}-`));
    if (this.#nft) {
      await mkdir(this.#path('tools'));
      await symlink(await realpath(this.#nft), join(this.#path('tools'), 'nft'));
    }
    await this.topology.create();
    for (const name of NAMESPACES) this.#outposts.set(name, new Outpost(this.topology, name));
    const operations = hasSctp() ? (['serve', 'serveSctp'] as const) : (['serve'] as const);
    const serving = operations.flatMap(operation =>
      NAMESPACES.map(name => this.outpost(name).call(operation, serversIn(name))),
    );
    await Promise.all(serving);
    await this.startApi();
  }

  /** Ends and removes all of it. */
  async destroy(): Promise<void> {
    this.#proxy?.kill();
    await this.stopApi();
    this.api.close();
    for (const outpost of this.#outposts.values()) outpost.stop();
    await this.topology.destroy();
    if (this.#directory) await rm(this.#directory, { recursive: true, force: true });
  }

  /** Lets the API server double accept connections in the node's namespace. */
  async startApi(): Promise<void> {
    this.#listener = await this.outpost('node').listen({ host: '127.0.0.1', port: API_PORT });
    this.#listener.on('connection', socket => this.api.accept(socket));
  }

  /** Refuses new connections to the API server and breaks the open ones. */
  async stopApi(): Promise<void> {
    const listener = this.#listener;
    this.#listener = undefined;
    if (!listener) return;
    await new Promise(resolve => {
      listener.close(resolve);
      this.api.disconnect();
    });
  }

  /** Prepares the node, the objects and the configuration of a scenario; starts nothing yet. */
  async prepare({ objects, config, args = [], mayExit, log }: Preparation): Promise<void> {
    this.memory = newMemory(mayExit);
    await this.topology.scrub({ legacy: this.mode !== 'nftables' });
    if (!this.#listener) await this.startApi();
    this.api.reset();
    for (const object of [...objects, ...this.#canary.objects()]) this.api.store.apply(object);
    await writeFile(this.#path('kubeconfig'), kubeconfig());
    await this.configure(config);
    this.#proxy = new Proxy({
      topology: this.topology,
      command: this.#command,
      args: [`--config=${this.#path('config.yaml')}`, `--hostname-override=${NODE_NAME}`, ...args],
      log,
      tools: this.#nft && this.#path('tools'),
    });
  }

  #path(name: string): string {
    return join(this.#directory ?? '', name);
  }

  /** Writes the configuration file anew; a running proxy is not told. */
  async configure(overrides: Settings | undefined): Promise<void> {
    this.config = proxyConfig({ mode: this.mode, kubeconfig: this.#path('kubeconfig'), overrides });
    await writeFile(this.#path('config.yaml'), this.config);
  }

  /** Waits until /healthz says 200 and the canary sings; throws after 30 s, or when the proxy ends. */
  async ready(): Promise<void> {
    const deadline = Date.now() + READY_WITHIN_MS * this.patience;
    const url = `http://${NODE.v4}:${HEALTHZ_PORT}/healthz`;
    for (;;) {
      this.mustRun();
      const answer = await this.outpost('node').call('httpGet', { url, timeout: 1000 });
      if (answer.status === 200) break;
      if (Date.now() > deadline) {
        const last = answer.error ?? `status ${answer.status}`;
        const seconds = (READY_WITHIN_MS * this.patience) / 1000;
        throw new Error(`the proxy was not ready within ${seconds} s: /healthz: ${last}`);
      }
      await sleep(PAUSE_MS);
    }
    await this.#caughtUp(deadline);
  }

  /** Changes the canary and waits until traffic follows. */
  async settle(): Promise<void> {
    this.#canary.advance();
    for (const object of this.#canary.objects()) this.api.store.apply(object);
    await this.#caughtUp(Date.now() + READY_WITHIN_MS * this.patience);
  }

  async #caughtUp(deadline: number): Promise<void> {
    while (!(await this.#canary.sings(this.outpost('pod-a')))) {
      this.mustRun();
      if (Date.now() > deadline) throw new Error('the proxy did not forward the canary Service in time');
      await sleep(PAUSE_MS);
    }
  }

  /** Throws when the proxy has ended. */
  mustRun(): void {
    const { ended } = this.proxy;
    if (ended) throw new Error(`the proxy ${describeEnd(ended)}`);
  }

  /** Ends what a scenario started. */
  async finish(): Promise<void> {
    await this.#proxy?.stop('SIGKILL');
    await Promise.all([...this.#outposts.values()].map(outpost => outpost.call('quiet')));
  }
}
