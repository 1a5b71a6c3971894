// What others do to our tables is told by a real kernel, and put right: what was touched alone, where that is known.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NftablesBackend } from '../../src/backend/nftables/apply.ts';
import type { DumpSets } from '../../src/backend/nftables/read-table.ts';
import { TouchedParts } from '../../src/backend/nftables/touched-parts.ts';
import type { CommitResult } from '../../src/backend/backend.ts';
import { Nft } from '../../src/kernel/nft.ts';
import { TableMonitor } from '../../src/kernel/table-monitor.ts';
import { TestNamespace } from '../support/netns.ts';
import { range, servicePlan } from '../support/plans.ts';
import { mustSkip, nftVariants } from '../support/requirements.ts';
import { dumpIn } from './dump-in.ts';
import { relayIn } from './relay-in.ts';
import { rulesetOptions } from '../support/rulesets.ts';

const rulesets = (['ipv4', 'ipv6'] as const).map(family => rulesetOptions({ family, nodePorts: 'listed' }));

const many = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** A whole comparison lists frames; what is narrower reads some sets and maps, or nothing. */
interface Case {
  readonly name: string;
  readonly script: string;
  /** What is read for it, and listed by nft. */
  readonly listed: readonly string[];
  /** How many things were found changed. */
  readonly drift: number;
}

const ELEMENTS: readonly Case[] = [
  {
    name: 'an element deleted',
    script: 'delete element ip kube-proxy services { 10.96.0.1 . tcp . 80 }',
    listed: [],
    drift: 1,
  },
  {
    name: 'an endpoint deleted',
    script: 'delete element ip kube-proxy endpoints-tcp { 1 . 10.96.0.1 . 80 }',
    listed: [],
    drift: 1,
  },
  {
    name: 'a local endpoint deleted, at an index of more than two bytes',
    script: 'delete element ip kube-proxy endpoints-tcp { 65536 . 203.0.113.1 . 80 }',
    listed: [],
    drift: 1,
  },
  {
    name: 'an element added',
    script: 'add element ip kube-proxy services { 10.96.7.7 . sctp . 80 : goto reject-chain }',
    listed: [],
    drift: 1,
  },
  {
    name: 'an element of a set added',
    script: 'add element ip kube-proxy cluster-ips { 10.96.7.7 }',
    listed: [],
    drift: 1,
  },
  {
    name: 'an element changed',
    script:
      'delete element ip kube-proxy endpoints-tcp { 1 . 10.96.0.1 . 80 }\nadd element ip kube-proxy endpoints-tcp { 1 . 10.96.0.1 . 80 : 192.0.2.1 . 99 }',
    listed: [],
    drift: 2,
  },
  {
    name: 'a verdict changed',
    script:
      'delete element ip kube-proxy unavailable { 10.96.0.3 . tcp . 80 }\nadd element ip kube-proxy unavailable { 10.96.0.3 . tcp . 80 : drop }',
    listed: [],
    drift: 2,
  },
  {
    name: 'an element deleted and added again',
    script:
      'delete element ip kube-proxy services { 10.96.0.1 . tcp . 80 }\nadd element ip kube-proxy services { 10.96.0.1 . tcp . 80 : goto cluster-tcp-2 }',
    listed: [],
    drift: 0,
  },
  {
    name: 'elements of IPv6 changed',
    script:
      'delete element ip6 kube-proxy endpoints-udp { 0 . fd00:96::1 . 80 }\nadd element ip6 kube-proxy nodeports { udp . 30081 : drop }\ndelete element ip6 kube-proxy cluster-ips { fd00:96::1 }',
    listed: [],
    drift: 3,
  },
  {
    name: 'a range added',
    script: 'add element ip kube-proxy source-ranges { 203.0.113.1 . tcp . 80 . 172.16.0.0/12 }',
    listed: ['read source-ranges', 'set source-ranges'],
    drift: 1,
  },
  {
    name: 'a range added that is no CIDR, for an address that nobody has',
    script: 'add element ip kube-proxy source-ranges { 203.0.113.99 . tcp . 80 . 172.16.0.1-172.16.0.5 }',
    listed: ['read source-ranges', 'set source-ranges'],
    drift: 1,
  },
  {
    name: 'a range added to a Service, of addresses and ports besides',
    script: 'add element ip kube-proxy source-ranges { 203.0.113.0/24 . tcp . 80-90 . 172.16.0.1-172.16.0.5 }',
    listed: ['read source-ranges', 'set source-ranges'],
    drift: 1,
  },
  {
    name: 'a range added to those of the pods that is no CIDR',
    script: 'add element ip6 kube-proxy pod-cidrs { fd01::1-fd01::5 }',
    listed: ['read pod-cidrs', 'set pod-cidrs'],
    drift: 1,
  },
  {
    name: 'an element added that stands for all keys',
    script: 'add element ip kube-proxy services { * : drop }',
    listed: ['read services', 'map services'],
    drift: 1,
  },
  {
    name: 'one that stands for all keys added to a set',
    script: 'add element ip6 kube-proxy cluster-ips { * }',
    listed: ['read cluster-ips', 'set cluster-ips'],
    drift: 1,
  },
  {
    name: 'one that stands for all keys added to ranges that are a part of keys',
    script: 'add element ip kube-proxy source-ranges { * }',
    listed: ['read source-ranges', 'set source-ranges'],
    drift: 1,
  },
  {
    name: 'a small map flushed',
    script: 'flush map ip kube-proxy services',
    listed: [],
    drift: 3,
  },
  {
    name: 'a large map flushed',
    script: 'flush map ip kube-proxy endpoints-tcp',
    listed: ['read endpoints-tcp'],
    drift: 1505,
  },
  {
    name: 'more elements added than are told one by one',
    script: `add element ip kube-proxy hairpin { ${many(5000)
      .map(i => `10.9.${i >> 8}.${i & 255} . 10.9.0.1 . tcp . 80`)
      .join()} }`,
    listed: ['read hairpin'],
    drift: 5000,
  },
];

const CHAINS: readonly Case[] = [
  { name: 'the rules of a base chain deleted', script: 'flush chain ip kube-proxy nat-output', listed: [], drift: 1 },
  { name: 'a rule added', script: 'insert rule ip kube-proxy dispatch return', listed: [], drift: 1 },
  { name: 'a rule added to a shape', script: 'insert rule ip6 kube-proxy cluster-udp-2 drop', listed: [], drift: 1 },
  { name: 'a base chain deleted', script: 'delete chain ip kube-proxy nat-output', listed: [], drift: 1 },
  {
    name: 'a policy set to drop',
    script: 'add chain ip kube-proxy filter-forward { policy drop; }',
    listed: [],
    drift: 1,
  },
  { name: 'the table put to sleep', script: 'add table ip kube-proxy { flags dormant; }', listed: [], drift: 1 },
  {
    name: 'a rule and an element at once',
    script:
      'flush chain ip kube-proxy learn\ndelete element ip kube-proxy unavailable { 10.96.0.3 . tcp . 80 }\ndelete element ip kube-proxy endpoints-tcp { 0 . 10.96.0.1 . 80 }',
    listed: [],
    drift: 3,
  },
];

const WHOLE: readonly (Omit<Case, 'drift' | 'listed'> & { readonly isDrift: boolean })[] = [
  {
    name: 'a chain of others added',
    script: 'add chain ip kube-proxy theirs',
    isDrift: false,
  },
  {
    name: 'a base chain made anew with another priority',
    script:
      'delete chain ip kube-proxy nat-output\nadd chain ip kube-proxy nat-output { type nat hook output priority -90; }',
    isDrift: true,
  },
  {
    name: 'a set deleted',
    script: 'flush chain ip kube-proxy masquerading\ndelete set ip kube-proxy hairpin',
    isDrift: true,
  },
  { name: 'a table deleted', script: 'delete table ip kube-proxy', isDrift: true },
  { name: 'all deleted', script: 'flush ruleset', isDrift: true },
];

/** Says what it is asked to list. */
class WatchedNft extends Nft {
  readonly listed: string[] = [];

  override listTable(...args: Parameters<Nft['listTable']>): ReturnType<Nft['listTable']> {
    this.listed.push('table');
    return super.listTable(...args);
  }

  override listFrames(...args: Parameters<Nft['listFrames']>): ReturnType<Nft['listFrames']> {
    this.listed.push('frames');
    return super.listFrames(...args);
  }

  override listContainer(...args: Parameters<Nft['listContainer']>): ReturnType<Nft['listContainer']> {
    const [, , kind, name] = args;
    this.listed.push(`${kind} ${name}`);
    return super.listContainer(...args);
  }
}

for (const variant of nftVariants()) {
  describe.skipIf(mustSkip('repairs', 'ip', 'nft', 'perl'))(`repairs, ${variant.name}`, () => {
    let namespace: TestNamespace;
    let nft: WatchedNft;
    let monitor: TableMonitor;
    let backend: NftablesBackend;
    let told: number;
    let logged: string[];

    beforeEach(async () => {
      namespace = new TestNamespace();
      namespace.program('perl', '/usr/bin/perl');
      nft = new WatchedNft({
        path: namespace.program('nft', variant.path),
        runtimeDirectory: join(namespace.directory, 'run'),
      });
      [told, logged] = [0, []];
      const touched = new TouchedParts();
      monitor = new TableMonitor({
        table: 'kube-proxy',
        onCommit: commit => {
          if (nft.processes.made(commit)) return;
          touched.note(commit);
          told += 1;
        },
        onGap: () => touched.noteAll(),
        onState: () => undefined,
        start: relayIn(namespace),
      });
      await monitor.ready;
      const logger = pino({ level: 'warn' }, { write: line => void logged.push(line) });
      const dump: DumpSets = async (what, visitor) => {
        for (const set of what.sets) nft.listed.push(`read ${set}`);
        return dumpIn(namespace)(what, visitor);
      };
      backend = new NftablesBackend({ nft, dump, rulesets, logger, touched });
      stage(backend);
      expect((await backend.commit()).refused).toEqual([]);
      nft.listed.length = 0;
    });
    afterEach(() => {
      monitor.close();
      nft.close();
      namespace.remove();
    });

    /** All that is in the tables but for counters and handles, which are new where something was written anew. */
    const content = (): readonly string[] =>
      ['ip', 'ip6'].flatMap(family =>
        namespace
          .run(variant.path, '-s', 'list', 'table', family, 'kube-proxy')
          .split(/[\n,]/)
          .map(line => line.replace('elements = {', '').replace(/ \}$/, '').trim())
          .toSorted(),
      );
    const tamper = async (script: string): Promise<void> => {
      const file = join(namespace.directory, 'script.nft');
      writeFileSync(file, `${script}\n`);
      namespace.run(variant.path, '-f', file);
      await vi.waitFor(() => expect(told).toBe(1), 5000);
    };
    const driftOf = ({ drifted }: CommitResult): number => [...drifted.values()].reduce((a, b) => a + b, 0);

    it.each([...ELEMENTS, ...CHAINS])('$name: what was touched is put right alone', async one => {
      const before = content();
      await tamper(one.script);
      const result = await backend.repair();
      expect(nft.listed).toEqual(one.listed);
      expect(content()).toEqual(before);
      expect(driftOf(result)).toBe(one.drift);
      expect(logged).toEqual([]);
      expect(await backend.resync()).toMatchObject({ transactions: 0, drifted: new Map() });
    });

    it.each(WHOLE)('$name: all is compared', async one => {
      const before = content();
      await tamper(one.script);
      const result = await backend.repair();
      expect(nft.listed).toContain('frames');
      expect(content()).toEqual(before);
      expect(driftOf(result) > 0).toBe(one.isDrift);
      expect(await backend.resync()).toMatchObject({ transactions: 0, drifted: new Map() });
    });

    it('what was staged meanwhile is written, and nothing that is right is touched', async () => {
      await tamper('delete element ip kube-proxy services { 10.96.0.1 . tcp . 80 }');
      backend.stage('ipv4', 'd/none', servicePlan('d/none', { clusterIP: '10.96.0.3' }));
      expect(driftOf(await backend.repair())).toBe(1);
      expect(await backend.repair()).toMatchObject({ transactions: 0, drifted: new Map() });
      expect(told).toBe(1);
      expect(await backend.resync()).toMatchObject({ transactions: 0, drifted: new Map() });
    });
  });
}

function stage(backend: NftablesBackend): void {
  for (const family of ['ipv4', 'ipv6'] as const) {
    const isV4 = family === 'ipv4';
    backend.stageNode(family, {
      podCIDRs: [isV4 ? '10.244.0.0/16' : 'fd00:244::/64'],
      serviceCIDRs: [isV4 ? '10.96.0.0/16' : 'fd00:96::/112'],
      nodePortAddresses: [],
    });
  }
  const vip = { address: '203.0.113.1', forward: 'local', kind: 'LoadBalancer' } as const;
  const endpoints = many(1500).map(i => `10.245.${i >> 8}.${i & 255}:8080`);
  backend.stage(
    'ipv4',
    'd/web',
    servicePlan('d/web', { virtualServers: [{}, { ...vip, sourceRanges: [range('10.0.0.0/8')] }] }),
  );
  backend.stage('ipv4', 'd/big', servicePlan('d/big', { clusterIP: '10.96.0.2', endpoints }));
  backend.stage(
    'ipv4',
    'd/none',
    servicePlan('d/none', { clusterIP: '10.96.0.3', virtualServers: [{ forward: 'none', unavailable: 'reject' }] }),
  );
  backend.stage(
    'ipv6',
    'd/six',
    servicePlan('d/six', {
      family: 'ipv6',
      protocol: 'UDP',
      clusterIP: 'fd00:96::1',
      virtualServers: [{}, { kind: 'NodePort', address: undefined, port: 30080, masquerade: true }],
    }),
  );
}
