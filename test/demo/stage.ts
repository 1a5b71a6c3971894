// The stage of the demo is the one of the conformance suite: its network, its servers, its double of the API server.

import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attempt, sleep } from '../conformance/lib/exec.ts';
import { NAMESPACES, PEER_NAME } from '../conformance/lib/hosts.ts';
import type { KubeObject } from '../conformance/lib/kube-object.ts';
import { World } from '../conformance/lib/world.ts';
import { node } from '../conformance/objects.ts';

/** The built program. */
export const PROGRAM = join(import.meta.dirname, '../../dist/sluice');

const GONE_WITHIN_MS = 3000;
const PAUSE_MS = 50;
const SHOWN_LOG_LINES = 15;

/** The network namespaces of one demo, with an API server double and the program in them. */
export class Stage {
  readonly world: World;
  #directory: string | undefined;
  #network: Promise<void> | undefined;

  constructor() {
    this.world = new World({ command: `'${PROGRAM}'`, mode: 'nftables' });
  }

  /** The beginning of the names of all that is made. */
  get id(): string {
    return this.world.topology.id;
  }

  /** Makes the network, the servers in it and the API server double; starts nothing that is on show yet. */
  async raise(): Promise<void> {
    this.#network = this.#raise();
    await this.#network;
  }

  async #raise(): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), `${this.id}-demo-`));
    this.#directory = directory;
    await this.world.create();
    await this.world.prepare({
      objects: [node(), node(PEER_NAME)],
      config: {
        // Unlike the conformance suite, as an operator would have it who sets no period.
        nftables: { minSyncPeriod: null },
        // What a restart finds to do is told at debug level where it is nothing.
        logging: { verbosity: 4 },
        sluice: { runtimeDirectory: join(directory, 'run') },
      },
      log: join(directory, 'sluice.log'),
    });
  }

  /** Creates or replaces objects, as a client of the API would. */
  apply(...objects: readonly KubeObject[]): void {
    for (const object of objects) this.world.api.store.apply(object);
  }

  /** The last lines that the program logged. */
  async log(): Promise<string> {
    return this.world.hasProxy ? this.world.proxy.tail(SHOWN_LOG_LINES) : '';
  }

  /**
   * Ends and removes everything, however far it has come.
   * @returns the names of what is left nevertheless; empty if all is well
   */
  async strike(): Promise<string[]> {
    // What is under way would go on making things while they are removed.
    await this.#network?.catch(() => {});
    const processes = await this.#processes();
    // Where this fails, what it leaves is found and told below.
    await this.world.destroy().catch(() => {});
    if (this.#directory) await rm(this.#directory, { recursive: true, force: true });
    const deadline = Date.now() + GONE_WITHIN_MS;
    for (;;) {
      const left = await this.#left(processes);
      if (!left.length || Date.now() > deadline) return left;
      await sleep(PAUSE_MS);
      // A second Ctrl-C may have ended the commands that were removing things.
      await this.world.topology.destroy();
    }
  }

  /** The ids of all processes in the namespaces. */
  async #processes(): Promise<string[]> {
    const places = [...NAMESPACES, 'lan'] as const;
    const listed = await Promise.all(
      places.map(place => attempt('ip', ['netns', 'pids', this.world.topology.ns(place)])),
    );
    return listed.flatMap(({ stdout }) => stdout.split('\n').filter(Boolean));
  }

  async #left(processes: readonly string[]): Promise<string[]> {
    const { stdout } = await attempt('ip', ['netns', 'list']);
    const isOwn = (name: string) => name.startsWith(`${this.id}-`);
    const namespaces = stdout.split('\n').flatMap(line => line.split(' ')[0] || []);
    const files = await readdir(tmpdir());
    return [
      ...namespaces.filter(isOwn).map(name => `network namespace ${name}`),
      ...files.filter(isOwn).map(name => join(tmpdir(), name)),
      ...processes.filter(pid => existsSync(`/proc/${pid}`)).map(pid => `process ${pid}`),
    ];
  }
}
