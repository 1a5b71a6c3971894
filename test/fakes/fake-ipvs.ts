// What of ipvsadm 1.31 and IPVS of Linux 6.1 tests need, for lines of `ipvsadm -R`: it says what the real ones say where a line fails,
// does not stop where the real one goes on, and ends where that one ends.

import { isIPv4, isIPv6 } from 'node:net';

interface Server {
  options: string;
  readonly real: Record<string, string>;
}

/** By option and address: `-t 10.96.0.1:80`. */
export type FakeServers = Record<string, Server>;

/** The program ends: it cannot read a line. */
export class FakeEnd extends Error {
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

const HINT = "Try `ipvsadm -h' or 'ipvsadm --help' for more information.";
const KNOWN_OPTIONS = new Set(['--sctp-service', '--set', '--tun-type']);

function checkTarget(text: string | undefined, what: string): string {
  const [, v6, v4, port] = /^(?:\[([^\]]*)\]|([^:]*)):(\d+)$/.exec(text ?? '') ?? [];
  const isAddress = v6 === undefined ? isIPv4(v4 ?? '') : isIPv6(v6);
  if (!isAddress || Number(port) > 65_535) throw new FakeEnd(`illegal ${what} address[:port] specified`, 2);
  return text ?? '';
}

/** The kernel's list of virtual servers. */
export class FakeIpvs {
  readonly servers: FakeServers;
  /** Schedulers that the kernel has not. */
  readonly missingSchedulers: ReadonlySet<string>;

  constructor(servers: FakeServers = {}, missingSchedulers: ReadonlySet<string> = new Set()) {
    this.servers = servers;
    this.missingSchedulers = missingSchedulers;
  }

  /** Carries out one line. @returns what ipvsadm says. @throws FakeEnd where it ends */
  execute(line: string): string | undefined {
    const words = line.trim().split(/\s+/).filter(Boolean);
    if (!words.length) return undefined;
    const unknown = words.find(word => word.startsWith('--') && !KNOWN_OPTIONS.has(word));
    if (!/^-[AEDaedZC]$|^--set$/.test(words[0] ?? '')) throw new FakeEnd(HINT, 255);
    if (unknown !== undefined) return `${unknown}: unknown option`;
    return words[0] === '--set' ? undefined : this.#change(words);
  }

  #change([verb = '', protocol = '', service, ...rest]: string[]): string | undefined {
    const key = `${protocol} ${checkTarget(service, 'virtual server')}`;
    const isReal = verb === '-a' || verb === '-e' || verb === '-d';
    const real = isReal ? checkTarget(rest[1], 'real server') : '';
    const options = (isReal ? rest.slice(2) : rest).join(' ');
    const weight = /-w (\S+)/.exec(options)?.[1];
    if (weight !== undefined && !/^\d+$/.test(weight)) throw new FakeEnd('illegal weight specified', 2);
    return isReal ? this.#changeReal(verb, key, real, options) : this.#changeServer(verb, key, options);
  }

  #changeServer(verb: string, key: string, options: string): string | undefined {
    const server = this.servers[key];
    const scheduler = /-s (\S+)/.exec(options)?.[1];
    if (verb === '-A' && server) return 'Service already exists';
    if (verb !== '-A' && !server) return 'No such service';
    if (scheduler !== undefined && this.missingSchedulers.has(scheduler))
      return 'Scheduler or persistence engine not found';
    if (verb === '-D') delete this.servers[key];
    else if (server) server.options = options;
    else this.servers[key] = { options, real: {} };
    return undefined;
  }

  #changeReal(verb: string, key: string, real: string, options: string): string | undefined {
    const server = this.servers[key];
    if (!server) return 'Service not defined';
    if (real.startsWith('224.')) return 'Invalid operation.  Possibly wrong module version, address not unicast, ...';
    const isThere = Object.hasOwn(server.real, real);
    if (verb === '-a' && isThere) return 'Destination already exists';
    if (verb !== '-a' && !isThere) return 'No such destination';
    if (verb === '-d') delete server.real[real];
    else server.real[real] = options;
    return undefined;
  }

  /** As `ipvsadm -Sn` prints it. */
  saved(): string {
    const lines = Object.keys(this.servers)
      .toSorted()
      .flatMap(key => {
        const { options, real } = this.servers[key]!;
        const targets = Object.keys(real).toSorted();
        return [`-A ${key} ${options}`, ...targets.map(target => `-a ${key} -r ${target} ${real[target]}`)];
      });
    return lines.map(line => `${line}\n`).join('');
  }
}
