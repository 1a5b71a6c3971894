import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { IpvsBackend } from '../../src/backend/ipvs/apply.ts';
import { NftablesBackend } from '../../src/backend/nftables/apply.ts';
import { parseTable } from '../../src/backend/nftables/parse.ts';
import type { RulesetOptions } from '../../src/backend/nftables/schema.ts';
import { Nft } from '../../src/kernel/nft.ts';
import { servicePlan } from '../support/plans.ts';
import { FakeIpvs } from '../fakes/fake-ipvs.ts';
import { FakeIpvsadm } from '../fakes/fake-ipvsadm.ts';
import { TestNamespace } from '../support/netns.ts';
import { mustSkip, nftVariants } from '../support/requirements.ts';
import { rulesetOptions } from '../support/rulesets.ts';

// What of mode ipvs is in nft; the kernel of this machine need not have IPVS.

const optionsOf = (family: 'ipv4' | 'ipv6', more: Partial<RulesetOptions> = {}): RulesetOptions =>
  rulesetOptions({ family, affinity: 'hashed', ...more });
const NODE = { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/16'], nodePortAddresses: [] };
const told = servicePlan('d/web', {
  virtualServers: [{}, { address: '203.0.113.1', kind: 'LoadBalancer', forward: 'local' }],
});
const plan = {
  ...told,
  ports: told.ports.map(port => ({
    ...port,
    servicePort: { ...port.servicePort, externalTrafficPolicy: 'local' as const },
  })),
};

for (const variant of nftVariants()) {
  describe.skipIf(mustSkip('nft of mode ipvs', 'ip', 'nft'))(
    `nft of mode ipvs on a real kernel, ${variant.name}`,
    () => {
      let namespace: TestNamespace;
      let nft: Nft;
      let logged: string[];
      let ipvsadm: FakeIpvsadm;

      const logger = () => pino({ level: 'warn' }, { write: line => void logged.push(line) });
      const ipvs = (
        families: readonly ('ipv4' | 'ipv6')[] = ['ipv4'],
        more: Partial<RulesetOptions> = {},
      ): IpvsBackend =>
        new IpvsBackend({
          nft,
          rulesets: families.map(family => optionsOf(family, { endpointsBy: 'ipvs', ...more })),
          logger: logger(),
          ipvsadm,
          localRoutes: { list: () => Promise.resolve([]), change: () => Promise.resolve() },
          settings: { scheduler: 'rr', schedulerFlags: undefined, nodeName: 'node-a' },
          drainTimeoutMs: 0,
          arpGuard: true,
          excludeCIDRs: [],
          manageForeign: false,
          ownAddresses: () => [],
          sourceOf: () => undefined,
          onMissingScheduler: () => undefined,
        });
      const content = async () => parseTable('ipv4', (await nft.listTable('ip', 'kube-proxy')) ?? '{}');

      beforeEach(() => {
        namespace = new TestNamespace();
        logged = [];
        ipvsadm = new FakeIpvsadm(new FakeIpvs());
        const directory = join(namespace.directory, 'run');
        mkdirSync(directory);
        nft = new Nft({ path: namespace.program('nft', variant.path), runtimeDirectory: directory });
      });
      afterEach(() => {
        nft.close();
        namespace.remove();
      });

      it('lists every rule as it was written', async () => {
        for (const nodePorts of ['all', 'listed'] as const) {
          await ipvs(['ipv4', 'ipv6'], { nodePorts }).resync();
          expect(await ipvs(['ipv4', 'ipv6'], { nodePorts }).resync()).toMatchObject({
            transactions: 0,
            drifted: new Map(),
          });
        }
        for (const [family, ...bridgeSubnets] of [
          ['ipv4', '10.244.1.0/24', '172.16.0.0/13'],
          ['ipv6', 'fd00:10:244:1::/64', '2001:db8::/60'],
        ] as const) {
          await ipvs([family], { bridgeSubnets }).resync();
          expect(await ipvs([family], { bridgeSubnets }).resync()).toMatchObject({
            transactions: 0,
            drifted: new Map(),
          });
        }
        expect(logged).toEqual([]);
      });

      it('takes elements that leave packets to IPVS, and guards against ARP', async () => {
        const one = ipvs();
        one.stageNode('ipv4', NODE);
        one.stage('ipv4', 'd/web', plan);
        expect(await one.commit()).toMatchObject({ refused: [] });
        const { elements } = await content();
        expect(elements.get('services')?.get('10.96.0.1 . tcp . 80')).toBe('return');
        expect(elements.get('services')?.get('203.0.113.1 . tcp . 80')).toBe('goto local-tcp-1-1');
        expect(elements.get('endpoints-tcp')?.get('0 . 203.0.113.1 . 80')).toBe('10.96.0.1 . 80');
        expect(namespace.run('sh', '-c', 'nft list table arp kube-proxy')).toContain('10.96.0.0/16');
        const second = ipvs();
        second.stageNode('ipv4', NODE);
        second.stage('ipv4', 'd/web', plan);
        expect(await second.commit()).toMatchObject({ added: 0, deleted: 0, transactions: 0 });
      });

      it('takes a Service without endpoints where there is no table yet', async () => {
        const one = ipvs();
        one.stageNode('ipv4', NODE);
        one.stage(
          'ipv4',
          'd/web',
          servicePlan('d/web', { endpoints: [], virtualServers: [{ forward: 'none', unavailable: 'reject' }] }),
        );
        expect(await one.commit()).toMatchObject({ refused: [] });
        expect((await content()).elements.get('unavailable')?.get('10.96.0.1 . tcp . 80')).toBe('goto reject-chain');
        expect(await ipvs().resync()).toMatchObject({ drifted: new Map() });
        expect(logged).toEqual([]);
      });

      it('takes the tables of mode nftables over, and gives them back', async () => {
        const nftables = (more: Partial<RulesetOptions> = {}) =>
          new NftablesBackend({ nft, rulesets: [optionsOf('ipv4', more)], logger: logger() });
        const commit = async (backend: NftablesBackend): Promise<void> => {
          backend.stageNode('ipv4', NODE);
          backend.stage('ipv4', 'd/web', plan);
          expect(await backend.commit()).toMatchObject({ refused: [] });
        };
        await commit(nftables());
        const before = await content();
        await commit(ipvs());
        expect((await content()).chains.get('filter-output')?.hook?.priority).toBe(-99);
        await commit(nftables({ localClusterIPs: true }));
        expect((await content()).chains.get('filter-input')?.rules.at(-1)).toBe('ct state new jump cluster-ips-check');
        await commit(nftables());
        const after = await content();
        expect(after.elements).toEqual(before.elements);
        for (const [name, chain] of before.chains) expect(after.chains.get(name), name).toEqual(chain);
        expect(logged).toEqual([]);
      });
    },
  );
}
