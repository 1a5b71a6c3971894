import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NftablesBackend } from '../../src/backend/nftables/apply.ts';
import { parseTable } from '../../src/backend/nftables/parse.ts';
import { Nft } from '../../src/kernel/nft.ts';
import type { Family } from '../../src/model/ip.ts';
import { TestNamespace } from '../support/netns.ts';
import { range, servicePlan } from '../support/plans.ts';
import { mustSkip, nftVariants } from '../support/requirements.ts';
import { dumpIn } from './dump-in.ts';
import { rulesetOptions } from '../support/rulesets.ts';

const rulesets = [
  rulesetOptions(),
  rulesetOptions({
    family: 'ipv6',
    localSource: { interfacePattern: 'veth*' },
    nodePorts: 'listed',
    affinity: 'hashed',
  }),
];
const node = { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/16'], nodePortAddresses: [] };
const vip = { address: '203.0.113.1', forward: 'local', kind: 'LoadBalancer' } as const;

for (const variant of nftVariants()) {
  describe.skipIf(mustSkip('nftables backend', 'ip', 'nft'))(
    `nftables backend on a real kernel, ${variant.name}`,
    () => {
      let namespace: TestNamespace;
      let nft: Nft;
      let logged: string[];

      const backend = (options = rulesets): NftablesBackend => {
        const stream = { write: (line: string): void => void logged.push(line) };
        return new NftablesBackend({
          nft,
          dump: dumpIn(namespace),
          rulesets: options,
          logger: pino({ level: 'warn' }, stream),
        });
      };
      const content = async (family: Family = 'ipv4'): Promise<ReturnType<typeof parseTable>> =>
        parseTable(family, (await nft.listTable(family === 'ipv4' ? 'ip' : 'ip6', 'kube-proxy')) ?? '{}');
      const generation = (): string =>
        namespace.run('sh', '-c', 'nft -j list tables; cat /proc/sys/net/netfilter/nf_conntrack_count');

      beforeEach(() => {
        namespace = new TestNamespace();
        logged = [];
        const directory = join(namespace.directory, 'run');
        mkdirSync(directory);
        nft = new Nft({ path: namespace.program('nft', variant.path), runtimeDirectory: directory });
      });
      afterEach(() => {
        nft.close();
        namespace.remove();
      });

      it('writes what is staged, and a second instance finds nothing to do', async () => {
        const stage = (one: NftablesBackend): void => {
          one.stageNode('ipv4', node);
          one.stage(
            'ipv4',
            'd/web',
            servicePlan('d/web', {
              virtualServers: [{}, { ...vip, sourceRanges: [range('10.0.0.0/8'), range('192.168.1.1/32')] }],
            }),
          );
          one.stage(
            'ipv4',
            'd/all',
            servicePlan('d/all', {
              clusterIP: '10.96.0.2',
              protocol: 'UDP',
              virtualServers: [{}, { ...vip, address: '203.0.113.2', sourceRanges: [range('0.0.0.0/0')] }],
            }),
          );
          one.stage(
            'ipv6',
            'd/web',
            servicePlan('d/web', {
              family: 'ipv6',
              protocol: 'SCTP',
              virtualServers: [{}, { kind: 'NodePort', address: undefined, port: 30080, masquerade: true }],
            }),
          );
        };
        const first = backend();
        stage(first);
        const written = await first.commit();
        expect(written.refused).toEqual([]);
        expect(written.added).toBe(first.expectedElements('ipv4') + first.expectedElements('ipv6'));
        const { elements } = await content();
        expect(elements.get('services')).toEqual(
          new Map([
            ['10.96.0.1 . tcp . 80', 'goto cluster-tcp-2'],
            ['203.0.113.1 . tcp . 80', 'goto local-tcp-2-1'],
            ['10.96.0.2 . udp . 80', 'goto cluster-udp-2'],
            ['203.0.113.2 . udp . 80', 'goto local-udp-2-1'],
          ]),
        );
        expect([...elements.get('source-ranges')!.keys()].toSorted()).toEqual([
          '203.0.113.1 . tcp . 80 . 10.0.0.0/8',
          '203.0.113.1 . tcp . 80 . 192.168.1.1',
          '203.0.113.2 . udp . 80 . 0.0.0.0/0',
        ]);
        const second = backend();
        stage(second);
        expect(await second.commit()).toMatchObject({ transactions: 0, added: 0, deleted: 0, drifted: new Map() });
        expect(logged).toEqual([]);
      });

      it('lists every rule as it was written, whatever the options', async () => {
        for (const masqueradeBit of [0, 14, 31]) {
          for (const localSource of ['pod-cidrs', { interfacePattern: 'cni0' }, undefined] as const) {
            for (const nodePorts of ['all', 'listed'] as const) {
              const options = (['ipv4', 'ipv6'] as const).map(family => ({
                family,
                localSource,
                masqueradeAll: masqueradeBit === 0,
                masqueradeMark: 2 ** masqueradeBit,
                nodePorts,
                affinity: 'learnt' as const,
              }));
              await backend(options).resync();
              expect(await backend(options).resync()).toMatchObject({ transactions: 0, drifted: new Map() });
            }
          }
        }
        expect(logged).toEqual([]);
      });

      it('changes a service in one transaction, shrinking and growing, ranges included', async () => {
        const one = backend();
        const plan = (endpoints: string[], ranges: string[]): ReturnType<typeof servicePlan> =>
          servicePlan('d/web', { endpoints, virtualServers: [{}, { ...vip, sourceRanges: ranges.map(range) }] });
        one.stage('ipv4', 'd/web', plan(['10.244.1.2:80*', '10.244.1.3:80', '10.244.1.4:80'], ['10.0.0.0/8']));
        await one.commit();
        for (const [endpoints, ranges] of [
          [
            ['10.244.1.3:80', '10.244.1.4:80*'],
            ['10.1.0.0/16', '10.2.0.0/16'],
          ],
          [['10.244.1.3:80', '10.244.1.5:80*', '10.244.1.6:80', '10.244.1.7:80'], ['0.0.0.0/0']],
          [['10.244.1.3:80'], ['10.0.0.0/8', '192.168.1.1/32']],
        ] as const) {
          one.stage('ipv4', 'd/web', plan([...endpoints], [...ranges]));
          const result = await one.commit();
          expect(result).toMatchObject({ refused: [], verified: false });
          expect(await one.resync()).toMatchObject({ transactions: 0, added: 0, deleted: 0 });
        }
      });

      it('takes several changes of one service between two commits as one', async () => {
        const one = backend();
        one.stage('ipv4', 'd/web', servicePlan('d/web'));
        await one.commit();
        one.stage('ipv4', 'd/web', servicePlan('d/web', { endpoints: ['10.244.1.9:80'] }));
        one.stage(
          'ipv4',
          'd/web',
          servicePlan('d/web', { endpoints: ['10.244.1.7:80', '10.244.1.8:80', '10.244.1.9:80'] }),
        );
        one.stage('ipv4', 'd/web', servicePlan('d/web', { endpoints: ['10.244.1.8:80'] }));
        expect(await one.commit()).toMatchObject({ verified: false, refused: [] });
        expect(await one.resync()).toMatchObject({ added: 0, deleted: 0 });
        one.stage('ipv4', 'd/web', servicePlan('d/web'));
        one.stage('ipv4', 'd/web', servicePlan('d/web', { endpoints: ['10.244.1.8:80'] }));
        expect(await one.commit()).toMatchObject({ added: 0, deleted: 0 });
      });

      it('repairs elements, rules, chains and a whole table that somebody changed', async () => {
        const one = backend();
        one.stageNode('ipv4', node);
        one.stage('ipv4', 'd/web', servicePlan('d/web'));
        await one.commit();
        const damages = [
          'delete element ip kube-proxy services { 10.96.0.1 . tcp . 80 }',
          'add element ip kube-proxy cluster-ips { 10.96.9.9 }',
          'add element ip kube-proxy endpoints-tcp { 7 . 10.96.0.1 . 80 : 10.9.9.9 . 99 }',
          'flush chain ip kube-proxy dispatch',
          'add rule ip kube-proxy filter-forward drop',
          'flush chain ip kube-proxy cluster-tcp-2',
          'flush table ip kube-proxy',
          'delete table ip kube-proxy',
          'flush ruleset',
        ];
        for (const damage of damages) {
          namespace.run('nft', damage);
          const result = await one.resync();
          expect(result.transactions, damage).toBeGreaterThan(0);
          expect(await one.resync(), damage).toMatchObject({ transactions: 0, drifted: new Map() });
          expect((await content()).elements.get('services'), damage).toEqual(
            new Map([['10.96.0.1 . tcp . 80', 'goto cluster-tcp-2']]),
          );
        }
      });

      it('finds its way back when the table is gone at a change', async () => {
        const one = backend();
        one.stage('ipv4', 'd/web', servicePlan('d/web'));
        await one.commit();
        namespace.run('nft', 'flush', 'ruleset');
        one.stage('ipv4', 'd/new', servicePlan('d/new', { clusterIP: '10.96.0.2' }));
        expect(await one.commit()).toMatchObject({ verified: true, refused: [] });
        expect((await content()).elements.get('services')?.size).toBe(2);
      });

      it('sets a service aside that the kernel refuses, and keeps what it had', async () => {
        const one = backend();
        one.stage('ipv4', 'd/bad', servicePlan('d/bad', { clusterIP: '10.96.0.9' }));
        await one.commit();
        const staged = Array.from({ length: 20 }, (_, i) => servicePlan(`d/good-${i}`, { clusterIP: `10.96.1.${i}` }));
        for (const plan of staged) one.stage('ipv4', plan.service, plan);
        one.stage('ipv4', 'd/bad', servicePlan('d/bad', { clusterIP: '10.96.0.999' }));
        const result = await one.commit();
        expect(result.refused.map(({ owner }) => owner)).toEqual(['d/bad']);
        const services = (await content()).elements.get('services')!;
        expect(services.size).toBe(21);
        expect(services.has('10.96.0.9 . tcp . 80')).toBe(true);
        one.stage('ipv4', 'd/bad', servicePlan('d/bad', { clusterIP: '10.96.0.10' }));
        // Others can be written at once, without another comparison.
        expect(await one.commit()).toMatchObject({ refused: [], verified: false, transactions: 1 });
        expect((await content()).elements.get('services')?.has('10.96.0.9 . tcp . 80')).toBe(false);
        expect(await one.resync()).toMatchObject({ transactions: 0 });
      });

      it('makes a table anew that cannot be used, all of it in one transaction', async () => {
        namespace.run('nft', 'add table ip kube-proxy; add set ip kube-proxy services { type ipv4_addr; }');
        const one = backend();
        one.stageNode('ipv4', node);
        one.stage('ipv4', 'd/web', servicePlan('d/web', { virtualServers: [{}, vip] }));
        const rejected = [{ forward: 'none', unavailable: 'reject' }] as const;
        one.stage('ipv4', 'd/none', servicePlan('d/none', { clusterIP: '10.96.0.2', virtualServers: rejected }));
        // The other one is the first load of IPv6.
        expect(await one.commit()).toMatchObject({ transactions: 2, added: 0, refused: [] });
        expect(logged.map(line => (JSON.parse(line) as { msg: string }).msg)).toEqual([
          'sets of another kind have the names of ours: the table is made anew',
        ]);
        expect(await one.resync()).toMatchObject({ transactions: 0, refused: [] });
      });

      it('makes a table anew that cannot be used, but for a service that the kernel refuses', async () => {
        namespace.run('nft', 'add table ip kube-proxy; add set ip kube-proxy services { type ipv4_addr; }');
        const one = backend();
        one.stage('ipv4', 'd/good', servicePlan('d/good'));
        one.stage('ipv4', 'd/bad', servicePlan('d/bad', { clusterIP: '10.96.0.999' }));
        const { refused } = await one.commit();
        expect(refused.map(({ owner }) => owner)).toEqual(['d/bad']);
        expect([...((await content()).elements.get('services')?.keys() ?? [])]).toEqual(['10.96.0.1 . tcp . 80']);
        expect(await one.resync()).toMatchObject({ transactions: 0, refused: [] });
      });

      it('keeps, over a restart, what a service had that the kernel refuses', async () => {
        const first = backend();
        const had = servicePlan('d/bad', { endpoints: ['10.244.1.9:80*'] });
        first.stage('ipv4', 'd/bad', had);
        await first.commit();
        const before = (await content()).elements;
        const second = backend();
        second.stage('ipv4', 'd/bad', servicePlan('d/bad', { endpoints: ['10.244.1.999:80*'] }));
        second.stage('ipv4', 'd/web', servicePlan('d/web', { clusterIP: '10.96.0.2' }));
        const { refused } = await second.commit();
        expect(refused.map(({ owner }) => owner)).toEqual(['d/bad']);
        for (const [name, elements] of before)
          expect([...((await content()).elements.get(name) ?? [])], name).toEqual(
            expect.arrayContaining([...elements]),
          );
        expect((await content()).elements.get('services')?.size).toBe(2);
        expect(await second.resync()).toMatchObject({ transactions: 0, refused: [] });
      });

      it('leaves tables and rules of others alone', async () => {
        namespace.run(
          'nft',
          'add table inet other; add chain inet other c { type filter hook input priority 5; }; add rule inet other c drop',
        );
        const before = namespace.run('nft', 'list', 'table', 'inet', 'other');
        const one = backend();
        one.stage('ipv4', 'd/web', servicePlan('d/web'));
        await one.commit();
        await one.resync();
        expect(namespace.run('nft', 'list', 'table', 'inet', 'other')).toBe(before);
        expect(generation()).toContain('other');
      });

      it('takes a table over from kube-proxy without a moment in which neither is in force', async () => {
        namespace.run(
          'nft',
          `table ip kube-proxy {
        comment "rules for kube-proxy";
        set cluster-ips { type ipv4_addr; comment "Active ClusterIPs"; elements = { 10.96.0.1, 10.96.0.77 }; }
        map service-ips { type ipv4_addr . inet_proto . inet_service : verdict; elements = { 10.96.0.1 . tcp . 80 : goto service-ABC-d/web/tcp/ }; }
        chain filter-input { type filter hook input priority -110; ct state new jump service-endpoints-check; }
        chain filter-output-post-dnat { type filter hook output priority -90; }
        chain nat-prerouting { type nat hook prerouting priority -100; jump services; }
        chain service-endpoints-check { }
        chain services { ip daddr . meta l4proto . th dport vmap @service-ips; }
        chain service-ABC-d/web/tcp/ { meta l4proto tcp dnat to 10.244.1.2:8080; }
      }`,
        );
        const one = backend();
        one.stage('ipv4', 'd/web', servicePlan('d/web'));
        expect(await one.commit()).toMatchObject({ refused: [] });
        const after = await content();
        expect(after.foreignContainers).toEqual([]);
        expect(
          [...after.chains.keys()].filter(
            name => name.includes('/') || name === 'services' || name === 'filter-output-post-dnat',
          ),
        ).toEqual([]);
        expect(after.chains.get('filter-input')?.hook).toEqual({ type: 'filter', hook: 'input', priority: 0 });
        expect([...after.elements.get('cluster-ips')!.keys()]).toEqual(['10.96.0.1']);
        expect(await backend().resync()).toMatchObject({ drifted: new Map() });
      });

      it('removes shapes that nobody uses, but not at once', async () => {
        const one = backend();
        one.stage('ipv4', 'd/web', servicePlan('d/web'));
        await one.commit();
        one.stage('ipv4', 'd/web', servicePlan('d/web', { endpoints: ['10.244.1.2:80'] }));
        await one.commit();
        expect(await one.tidy()).toBe(true);
        expect((await content()).chains.has('cluster-tcp-2')).toBe(true);
        expect(await one.tidy()).toBe(false);
        expect((await content()).chains.has('cluster-tcp-2')).toBe(false);
        one.stage('ipv4', 'd/web', servicePlan('d/web'));
        expect(await one.commit()).toMatchObject({ refused: [], verified: false });
      });

      it('gives a contested virtual server to the older service, and to the other when it goes', async () => {
        const one = backend();
        const claim = (owner: string, seniority: string, clusterIP: string, endpoint: string): void =>
          one.stage(
            'ipv4',
            owner,
            servicePlan(owner, {
              seniority,
              clusterIP,
              endpoints: [endpoint],
              virtualServers: [{}, { ...vip, forward: 'cluster' }],
            }),
          );
        claim('d/young', '2026', '10.96.0.2', '10.244.2.2:80');
        claim('d/old', '2025', '10.96.0.1', '10.244.1.1:80');
        await one.commit();
        const server = async (): Promise<string | undefined> =>
          (await content()).elements.get('endpoints-tcp')!.get('0 . 203.0.113.1 . 80');
        expect(await server()).toBe('10.244.1.1 . 80');
        expect(one.conflicts('ipv4')).toEqual([{ claim: '203.0.113.1 . tcp . 80', winner: 'd/old', loser: 'd/young' }]);
        one.stage('ipv4', 'd/old', undefined);
        await one.commit();
        expect(await server()).toBe('10.244.2.2 . 80');
        expect(one.conflicts('ipv4')).toEqual([]);
      });
    },
  );
}
