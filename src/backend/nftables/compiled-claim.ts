import { formatCidr, type Cidr } from '../../model/ip.ts';
import type { Claim, ClaimPort } from './claim.ts';
import type { ContainerName, Entry } from './schema.ts';
import type { ServerList } from './server-list.ts';
import { LOCAL_OFFSET } from './shapes.ts';

/** The real servers of a service port. All of its virtual servers share them. */
export interface CompiledPort extends ClaimPort {
  readonly cluster: ServerList;
  readonly local: ServerList;
}

interface ClaimParts {
  readonly id: string;
  readonly port: CompiledPort;
  /** Which real servers it needs; undefined where nothing is forwarded. */
  readonly uses: 'cluster' | 'local' | 'internal' | undefined;
  readonly verdict: string | undefined;
  readonly learning: string | undefined;
  readonly unavailable: string | undefined;
  readonly sourceRanges: readonly string[] | undefined;
}

/** A claim that keeps what its entries are made of and makes them when asked: at 10,000 Services they would take four times the memory. */
export class CompiledClaim implements Claim {
  readonly #parts: ClaimParts;

  constructor(parts: ClaimParts) {
    this.#parts = parts;
  }

  get id(): string {
    return this.#parts.id;
  }

  get port(): ClaimPort {
    return this.#parts.port;
  }

  get entries(): readonly Entry[] {
    const { id, unavailable, sourceRanges } = this.#parts;
    const nodePort = isNodePort(id);
    const entries: Entry[] = this.#forwarding(nodePort);
    if (unavailable !== undefined) {
      entries.push({ container: nodePort ? 'unavailable-nodeports' : 'unavailable', key: id, value: unavailable });
    }
    if (sourceRanges) {
      entries.push({ container: 'firewalled', key: id, value: '' });
      for (const range of sourceRanges)
        entries.push({ container: 'source-ranges', key: `${id} . ${range}`, value: '' });
    }
    return entries;
  }

  #forwarding(nodePort: boolean): Entry[] {
    const { id, port, uses, verdict, learning } = this.#parts;
    if (verdict === undefined) return [];
    const { l4, cluster, local } = port;
    const container: ContainerName = nodePort ? `nodeport-endpoints-${l4}` : `endpoints-${l4}`;
    // Without the protocol, which the name of the map tells.
    const dialled = id.replace(`${l4} . `, '');
    const entries: Entry[] = [];
    const add = (servers: ServerList, offset: number): void => {
      for (let i = 0; i < servers.length; i += 1) {
        entries.push({ container, key: `${offset + i} . ${dialled}`, value: servers.at(i) });
      }
    };
    if (uses !== 'internal') add(cluster, 0);
    if (uses !== 'cluster') add(local, LOCAL_OFFSET);
    entries.push({ container: nodePort ? 'nodeports' : 'services', key: id, value: verdict });
    if (learning !== undefined) {
      entries.push({ container: nodePort ? 'affinity-nodeports' : 'affinity-services', key: id, value: learning });
    }
    return entries;
  }
}

/** A NodePort's claim begins with the protocol, any other with an address. */
const isNodePort = (id: string): boolean => /^[a-z]+ /.test(id);

/** A CIDR as nft prints it: that of a single address without its prefix length. */
export const elementCidr = (cidr: Cidr): string =>
  cidr.prefix === (cidr.family === 'ipv4' ? 32 : 128) ? cidr.address : formatCidr(cidr);
