import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  CLIENT_ADDRESS,
  CLIENT_GATEWAY,
  ENDPOINT_CIDR,
  NODE_ADDRESS,
  OUTSIDE_ADDRESS,
  POD_CIDR,
  SERVICE_CIDR,
} from '../cluster/addressing.ts';

const PREFIX = 'slbench';
const PLACES = ['client', 'node', 'outside'] as const;
export type Place = (typeof PLACES)[number];

const ip = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8', stdio: 'pipe' });

const names = (): string[] =>
  ip('netns', 'list')
    .split('\n')
    .flatMap(line => line.split(' ')[0] || []);

/** What every namespace needs; ICMP must not be thinned out by the kernel's limits, for probes tell by it what is missing. */
const SYSCTLS = [
  'net.ipv4.ip_forward=1',
  'net.ipv4.conf.all.rp_filter=0',
  'net.ipv4.conf.default.rp_filter=0',
  'net.ipv4.icmp_ratelimit=0',
  'net.ipv4.icmp_ratemask=0',
];

/**
 * Three network namespaces in a row: a pod that asks, the node whose rules are measured, and everything outside,
 * where every endpoint address answers. What the node's rules do not take is rejected at once by its routes.
 */
export class BenchNetwork {
  readonly id = `${PREFIX}${process.pid}-${randomBytes(2).toString('hex')}`;

  namespace(place: Place): string {
    return `${this.id}-${place}`;
  }

  /** @throws Error where `ip` fails: no root, no veth */
  create(): void {
    for (const place of PLACES) {
      ip('netns', 'add', this.namespace(place));
      this.#run(place, 'sysctl', '-qw', ...SYSCTLS);
      this.#batch(place, ['link set lo up']);
    }
    this.#link('client', 'eth0', 'node', 'veth-client');
    this.#link('node', 'eth0', 'outside', 'eth0');
    this.#batch('client', [
      `addr add ${CLIENT_ADDRESS}/32 dev eth0`,
      'link set eth0 up',
      `route add ${CLIENT_GATEWAY} dev eth0`,
      `route add default via ${CLIENT_GATEWAY}`,
    ]);
    this.#batch('node', [
      `addr add ${NODE_ADDRESS}/24 dev eth0`,
      'link set eth0 up',
      `addr add ${CLIENT_GATEWAY}/32 dev veth-client`,
      'link set veth-client up',
      `route add ${CLIENT_ADDRESS} dev veth-client`,
      `route add default via ${OUTSIDE_ADDRESS}`,
      `route add unreachable ${SERVICE_CIDR}`,
    ]);
    this.#batch('outside', [
      `addr add ${OUTSIDE_ADDRESS}/24 dev eth0`,
      'link set eth0 up',
      `route add ${POD_CIDR} via ${NODE_ADDRESS}`,
      `route add local ${ENDPOINT_CIDR} dev lo`,
    ]);
  }

  /** Ends every process in the namespaces and removes them. */
  remove(): void {
    removeAll(names().filter(name => name.startsWith(`${this.id}-`)));
  }

  #run(place: Place, ...command: string[]): void {
    ip('netns', 'exec', this.namespace(place), ...command);
  }

  #link(from: Place, device: string, to: Place, peer: string): void {
    const [one, other] = [this.namespace(from), this.namespace(to)];
    ip('-n', one, 'link', 'add', device, 'type', 'veth', 'peer', 'name', peer, 'netns', other);
  }

  #batch(place: Place, commands: readonly string[]): void {
    const input = `${commands.join('\n')}\n`;
    execFileSync('ip', ['-n', this.namespace(place), '-batch', '-'], { input, stdio: 'pipe' });
  }
}

function removeAll(namespaces: readonly string[]): void {
  for (const name of namespaces) {
    for (const pid of ip('netns', 'pids', name).split('\n').filter(Boolean)) kill(Number(pid));
    ip('netns', 'del', name);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Already gone.
  }
}

/** Removes the namespaces of earlier benchmarks that were killed before they could. Returns their names. */
export function sweepNamespaces(): readonly string[] {
  const stale = names().filter(name => {
    const [, pid] = new RegExp(`^${PREFIX}(\\d+)-`).exec(name) ?? [];
    return pid !== undefined && !isBenchmark(pid);
  });
  removeAll(stale);
  return stale;
}

function isBenchmark(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('run.ts');
  } catch {
    return false;
  }
}

/** A namespace of its own without links, for loading a ruleset; removed with `remove`. */
export class ScratchNamespace {
  readonly name = `${PREFIX}${process.pid}-${randomBytes(2).toString('hex')}-scratch`;

  constructor() {
    ip('netns', 'add', this.name);
  }

  /** Arguments of `ip` that run a command in it. */
  inside(...command: string[]): string[] {
    return ['netns', 'exec', this.name, ...command];
  }

  remove(): void {
    removeAll([this.name]);
  }
}
