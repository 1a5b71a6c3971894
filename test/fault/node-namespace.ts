// A network namespace as a node: the built program runs in it, and finds an API server at a port of its own.

import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseTable } from '../../src/backend/nftables/parse.ts';
import { FAMILIES } from '../../src/model/ip.ts';
import { API_PORT, kubeconfig, proxyConfig } from '../conformance/lib/config.ts';
import type { FakeApiServer } from '../fakes/fake-apiserver.ts';
import type { Elements } from '../property/kernel-content.ts';
import { NODE_NAME } from '../support/addresses.ts';
import { TestNamespace } from '../support/netns.ts';

const PROGRAM = join(import.meta.dirname, '../../dist/sluice');

/**
 * Works until there is a file `failing`; then, in half of all calls, something goes wrong: what follows from the number in `state`. One that
 * is to be kept running reads a few lines: not even the first empty one, or a transaction that it cannot answer for any more.
 */
const unreliable = (directory: string, nft: string): string => `#!/bin/sh
cd ${directory}
case " $* " in *' -i '*) echo $$ > session ;; esac
[ -e failing ] || exec ${nft} "$@"
state=$(( ($(cat state) * 1103515245 + 12345) % 2147483648 ))
echo $state > state
echo "$state" >> calls
case " $* " in *' -i '*) head -n $(( state / 65536 % 6 )) | ${nft} "$@"; exit ;; esac
case $(( state / 65536 % 8 )) in
  0) echo 'Error: Could not process rule: Device or resource busy' >&2; exit 1 ;;
  1) ${nft} "$@"; echo 'Error: Could not process rule: No buffer space available' >&2; exit 1 ;;
  2) kill -9 $$ ;;
  3) ${nft} "$@" | head -c 300 ;;
  *) exec ${nft} "$@" ;;
esac
`;

export interface NodeNamespaceOptions {
  readonly nft: string;
  readonly seed: number;
  /** As in most containers: in a pid namespace of its own, and with no nft between that can be made to fail. */
  readonly isContained?: boolean;
  /** Whether it is told what others change. */
  readonly monitorTables?: boolean;
}

export class NodeNamespace {
  readonly #namespace = new TestNamespace();
  readonly #nft: string;
  readonly #isContained: boolean;
  readonly #server: FakeApiServer;
  #relay: ChildProcess | undefined;
  #listener: net.Server | undefined;
  #program: ChildProcess | undefined;

  constructor(server: FakeApiServer, { nft, seed, isContained = false, monitorTables = true }: NodeNamespaceOptions) {
    this.#server = server;
    this.#nft = nft;
    this.#isContained = isContained;
    const config = proxyConfig({
      mode: 'nftables',
      kubeconfig: this.path('kubeconfig'),
      overrides: {
        clusterCIDR: '10.244.0.0/16',
        nodePortAddresses: ['0.0.0.0/0', '::/0'],
        nftables: { minSyncPeriod: '1ms', syncPeriod: '2s' },
        sluice: {
          nftPath: isContained ? nft : this.path('unreliable-nft'),
          runtimeDirectory: this.path('run'),
          monitorTables,
        },
      },
    });
    writeFileSync(this.path('config.yaml'), config);
    writeFileSync(this.path('kubeconfig'), kubeconfig());
    writeFileSync(this.path('state'), `${seed}\n`);
    writeFileSync(this.path('unreliable-nft'), unreliable(this.#namespace.directory, nft), { mode: 0o755 });
  }

  path(name: string): string {
    return join(this.#namespace.directory, name);
  }

  /** Gives the node its network, and its way to the API server. */
  async prepare(): Promise<void> {
    this.#namespace.run('ip', 'link', 'set', 'lo', 'up');
    this.#listener = net.createServer(incoming => {
      const outgoing = net.connect(this.#server.port, '127.0.0.1');
      incoming.pipe(outgoing).pipe(incoming);
      incoming.on('error', () => outgoing.destroy()).on('close', () => outgoing.destroy());
      outgoing.on('error', () => incoming.destroy()).on('close', () => incoming.destroy());
    });
    const socket = this.path('apiserver.sock');
    await new Promise<void>(resolve => this.#listener?.listen(socket, resolve));
    const script = join(import.meta.dirname, 'relay.ts');
    this.#relay = this.#spawn([process.execPath, script, `${API_PORT}`, socket], 'relay.log');
    for (let i = 0; i < 200 && !this.#read('relay.log').includes('listening'); i += 1)
      await new Promise(resolve => setTimeout(resolve, 25));
  }

  #spawn(command: readonly string[], log: string): ChildProcess {
    const output = openSync(this.path(log), 'a');
    const child = spawn('ip', ['netns', 'exec', this.#namespace.name, ...command], {
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    return child;
  }

  #read(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  start(): void {
    const container = this.#isContained ? ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'] : [];
    this.#program = this.#spawn(
      [...container, PROGRAM, `--config=${this.path('config.yaml')}`, `--hostname-override=${NODE_NAME}`],
      'program.log',
    );
  }

  /** Ends the program; the rules stay. */
  async stop(): Promise<void> {
    await end(this.#program);
  }

  get isRunning(): boolean {
    return this.#program?.exitCode === null && this.#program.signalCode === null;
  }

  /** The program and all that it has started, as the machine sees them, by their command lines. */
  processes(): ReadonlyMap<string, number> {
    const found = new Map<string, number>();
    const add = (pid: number): void => {
      try {
        found.set(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim(), pid);
        const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
        for (const child of children.split(' ').slice(0, -1)) add(Number(child));
      } catch {
        // It has ended meanwhile.
      }
    };
    if (this.#program?.pid) add(this.#program.pid);
    return found;
  }

  /** As somebody on the node. @returns what was printed */
  run(file: string, ...args: string[]): string {
    return this.#namespace.run(file, ...args);
  }

  /** Of a program that has ended by itself. */
  get exitCode(): number | null | undefined {
    return this.#program?.exitCode;
  }

  /**
   * Drops all packets of the connections to the API server that there are now; new ones can be made.
   * @returns how many there were
   */
  cutConnections(): number {
    const listed = this.#namespace.run('ss', '-Htn', 'state', 'established', `( dport = :${API_PORT} )`);
    const ports = listed.split('\n').flatMap(line => /:(\d+)\s+\S+:\d+\s*$/.exec(line)?.[1] ?? []);
    if (!ports.length) return 0;
    const all = `{ ${ports.join(', ')} }`;
    this.#namespace.run(
      'nft',
      `add table inet cable; add chain inet cable input { type filter hook input priority 0; }
      add rule inet cable input tcp sport ${all} tcp dport ${API_PORT} drop
      add rule inet cable input tcp dport ${all} tcp sport ${API_PORT} drop`,
    );
    return ports.length;
  }

  /** The last lines of the program's log. */
  get log(): string {
    return this.#read('program.log').split('\n').slice(-15).join('\n');
  }

  hasLogged(text: string): boolean {
    return this.timesLogged(text) > 0;
  }

  /** In all the time of the node. */
  timesLogged(text: string): number {
    return this.#read('program.log').split(text).length - 1;
  }

  /** From now on nft fails; one that is kept running is gone. */
  breakNft(): void {
    writeFileSync(this.path('failing'), '');
    const session = Number(this.#read('session'));
    rmSync(this.path('session'), { force: true });
    if (!session) return;
    try {
      process.kill(session, 'SIGKILL');
    } catch {
      // It had nothing to do any more.
    }
  }

  mendNft(): void {
    rmSync(this.path('failing'));
  }

  /** How often nft was called since it fails. */
  get callsSince(): number {
    return this.#read('calls').split('\n').length - 1;
  }

  /** The elements of both tables, as in test/property/kernel-content.ts. */
  elements(): Elements {
    const found = new Map<string, string>();
    for (const family of FAMILIES) {
      const ip = family === 'ipv4' ? 'ip' : 'ip6';
      const listing = this.#namespace.run(
        'sh',
        '-c',
        `${this.#nft} -j list table ${ip} kube-proxy 2>/dev/null || echo '{"nftables":[]}'`,
      );
      for (const [name, elements] of parseTable(family, listing).elements)
        for (const [key, value] of elements) found.set(`${ip} ${name} ${key}`, value);
    }
    return found;
  }

  async remove(): Promise<void> {
    await end(this.#program);
    await end(this.#relay);
    this.#listener?.close();
    this.#namespace.remove();
  }
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child?.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
