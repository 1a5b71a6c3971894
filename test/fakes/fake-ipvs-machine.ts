import { pino } from 'pino';
import { IpvsBackend, type IpvsBackendOptions } from '../../src/backend/ipvs/apply.ts';
import type { LocalRoute, LocalRoutes } from '../../src/kernel/local-routes.ts';
import type { Family } from '../../src/model/ip.ts';
import { FakeIpvs } from './fake-ipvs.ts';
import { FakeIpvsadm } from './fake-ipvsadm.ts';
import { FakeNft } from './fake-nft.ts';
import { rulesetOptions } from '../support/rulesets.ts';

export const IPVS_RULESET = rulesetOptions({ affinity: 'hashed', endpointsBy: 'ipvs' });

/** The table of family `arp` is one text; what it does is the matter of a real kernel. */
class NftWithArp extends FakeNft {
  arp = '';
  onArp = (): void => undefined;

  override apply(text: string, options?: { json?: boolean; check?: boolean }): Promise<void> {
    if (!text.startsWith('add table arp ')) return super.apply(text, options);
    this.arp = text;
    this.onArp();
    return Promise.resolve();
  }
}

/** A node with fakes of nft, ipvsadm and routes, which outlive the backend. */
export class FakeIpvsMachine {
  readonly nft = new NftWithArp();
  readonly missingSchedulers = new Set<string>();
  readonly ipvsadm = new FakeIpvsadm(new FakeIpvs({}, this.missingSchedulers));
  readonly missing: string[] = [];
  readonly routes = new Map<string, LocalRoute>();
  readonly did: string[] = [];
  source: string | undefined = '192.0.2.1';
  ownAddresses: readonly string[] = ['192.0.2.1'];
  /** Which the kernel takes for no address of its own. */
  readonly invalidSources = new Set<string>();

  readonly localRoutes: LocalRoutes = {
    list: () => Promise.resolve([...this.routes.values()]),
    change: (_: Family, { adds = [], replaces = [], deletes = [] }) => {
      this.did.push('routes');
      if (adds.some(({ cidr }) => this.routes.has(cidr))) return Promise.reject(new Error('File exists'));
      const routes = [...adds, ...replaces];
      if (routes.some(({ source }) => source !== undefined && this.invalidSources.has(source)))
        return Promise.reject(new Error('Invalid prefsrc address'));
      for (const route of routes) this.routes.set(route.cidr, route);
      for (const { cidr } of deletes) this.routes.delete(cidr);
      return Promise.resolve();
    },
  };

  constructor() {
    this.nft.onArp = () => void this.did.push('arp');
    this.nft.kernel.observers.add((_, after) => {
      const table = after.get('ip kube-proxy');
      const isGuarded = table?.chains.get('filter-input')?.rules.length;
      this.did.push(isGuarded ? 'nft' : 'nft without base chains');
    });
  }

  backend(more: Partial<IpvsBackendOptions> = {}): IpvsBackend {
    return new IpvsBackend({
      nft: this.nft,
      rulesets: [IPVS_RULESET],
      logger: pino({ level: 'silent' }),
      ipvsadm: this.ipvsadm,
      localRoutes: this.localRoutes,
      settings: { scheduler: 'rr', schedulerFlags: undefined, nodeName: 'node-a' },
      drainTimeoutMs: 0,
      arpGuard: true,
      excludeCIDRs: [],
      manageForeign: false,
      sourceOf: () => this.source,
      ownAddresses: () => this.ownAddresses,
      onMissingScheduler: (owner, scheduler) => this.missing.push(`${owner} ${scheduler}`),
      ...more,
    });
  }

  /** Another program does something to IPVS, whatever comes of it. */
  async disturb(line: string): Promise<void> {
    await new FakeIpvsadm(this.ipvsadm.ipvs).execute([line]);
  }

  async servers(): Promise<string[]> {
    return (await this.ipvsadm.save()).trimEnd().split('\n').filter(Boolean);
  }

  elements(container: string): string[] {
    const found = this.nft.kernel.tables
      .get('ip kube-proxy')
      ?.containers.get(container)
      ?.listing('ip', 'kube-proxy', container);
    return JSON.stringify(found).match(/\d+\.\d+\.\d+\.\d+/g) ?? [];
  }
}
