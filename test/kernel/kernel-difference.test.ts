// What a real kernel holds, compared with what is desired: each kind of manipulation is found, and what the kernel has by itself is none.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NftablesBackend } from '../../src/backend/nftables/apply.ts';
import { DesiredTable } from '../../src/backend/nftables/desired-table.ts';
import { kernelDifferences } from '../../src/backend/nftables/kernel-difference.ts';
import { jsonOf, textOf } from '../../src/cli/format-difference.ts';
import { Nft } from '../../src/kernel/nft.ts';
import { FAMILIES, type Family } from '../../src/model/ip.ts';
import type { ServicePlan } from '../../src/plan/types.ts';
import { TestNamespace } from '../support/netns.ts';
import { range, servicePlan } from '../support/plans.ts';
import { mustSkip, nftVariants } from '../support/requirements.ts';
import { rulesetOptions } from '../support/rulesets.ts';
import { dumpIn } from './dump-in.ts';

const rulesets = FAMILIES.map(family => rulesetOptions({ family, nodePorts: 'listed' }));

/** With ClientIP affinity. */
function sticky(plan: ServicePlan): ServicePlan {
  const ports = plan.ports.map(port => ({
    ...port,
    servicePort: { ...port.servicePort, affinityTimeoutSeconds: 600 },
  }));
  return { ...plan, ports };
}

const vip = { address: '203.0.113.1', forward: 'local', kind: 'LoadBalancer' } as const;
const PLANS: readonly ServicePlan[] = [
  servicePlan('d/web', { virtualServers: [{}, { ...vip, sourceRanges: [range('10.0.0.0/8')] }] }),
  sticky(servicePlan('d/sticky', { clusterIP: '10.96.0.2' })),
  servicePlan('d/none', { clusterIP: '10.96.0.3', virtualServers: [{ forward: 'none', unavailable: 'reject' }] }),
  servicePlan('d/six', {
    family: 'ipv6',
    protocol: 'UDP',
    clusterIP: 'fd00:96::1',
    virtualServers: [{}, { kind: 'NodePort', address: undefined, port: 30080, masquerade: true }],
  }),
];

const ENTRIES = {
  ipv4: { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/16'], nodePortAddresses: ['192.0.2.1'] },
  ipv6: { podCIDRs: ['fd00:244::/64'], serviceCIDRs: ['fd00:96::/112'], nodePortAddresses: [] },
} as const;

const CASES: readonly { readonly name: string; readonly script: string; readonly text: string }[] = [
  {
    name: 'an element deleted',
    script: 'delete element ip kube-proxy endpoints-tcp { 1 . 10.96.0.1 . 80 }',
    text: `# Service d/web
+ element ip kube-proxy endpoints-tcp { 1 . 10.96.0.1 . 80 : 10.244.2.3 . 8080 }
`,
  },
  {
    name: 'an element added, that is nobody’s',
    script: 'add element ip kube-proxy services { 10.96.7.7 . sctp . 80 : goto reject-chain }',
    text: `# of no Service
- element ip kube-proxy services { 10.96.7.7 . sctp . 80 : goto reject-chain }
`,
  },
  {
    name: 'an element added to what a Service has',
    script: 'add element ip6 kube-proxy endpoints-udp { 2 . fd00:96::1 . 80 : fd00::9 . 99 }',
    text: `# Service d/six
- element ip6 kube-proxy endpoints-udp { 2 . fd00:96::1 . 80 : fd00::9 . 99 }
`,
  },
  {
    name: 'an element changed',
    script: `delete element ip kube-proxy unavailable { 10.96.0.3 . tcp . 80 }
add element ip kube-proxy unavailable { 10.96.0.3 . tcp . 80 : drop }`,
    text: `# Service d/none
- element ip kube-proxy unavailable { 10.96.0.3 . tcp . 80 : drop }
+ element ip kube-proxy unavailable { 10.96.0.3 . tcp . 80 : goto reject-chain }
`,
  },
  {
    name: 'elements of sets, ranges among them, of Services and of the node',
    script: `flush set ip kube-proxy source-ranges
add element ip kube-proxy service-cidrs { 172.16.0.0/12 }
delete element ip kube-proxy nodeport-ips { 192.0.2.1 }
delete element ip6 kube-proxy cluster-ips { fd00:96::1 }`,
    text: `# Service d/six
+ element ip6 kube-proxy cluster-ips { fd00:96::1 }
# Service d/web
+ element ip kube-proxy source-ranges { 203.0.113.1 . tcp . 80 . 10.0.0.0/8 }
# this node
- element ip kube-proxy service-cidrs { 172.16.0.0/12 }
+ element ip kube-proxy nodeport-ips { 192.0.2.1 }
`,
  },
  {
    name: 'a rule added, that others have written',
    script: 'insert rule ip kube-proxy dispatch ip saddr 192.0.2.7 tcp dport { 1, 2 } counter drop comment "theirs"',
    text: `# table ip kube-proxy
- rule ip kube-proxy dispatch ip saddr 192.0.2.7 tcp dport { 1, 2 } counter packets 0 bytes 0 drop comment "theirs"
`,
  },
  {
    name: 'a rule added, that ours could be',
    script: 'add rule ip6 kube-proxy availability-check drop',
    text: `# table ip6 kube-proxy
- rule ip6 kube-proxy availability-check drop
`,
  },
  {
    name: 'rules deleted',
    script: 'flush chain ip kube-proxy nat-postrouting',
    text: `# table ip kube-proxy
+ rule ip kube-proxy nat-postrouting ct status dnat jump learn
+ rule ip kube-proxy nat-postrouting jump masquerading
`,
  },
  {
    name: 'a rule of a shape changed',
    script: `flush chain ip kube-proxy external-tcp-2
add rule ip kube-proxy external-tcp-2 accept`,
    text: `# table ip kube-proxy
- rule ip kube-proxy external-tcp-2 accept
+ rule ip kube-proxy external-tcp-2 meta mark set meta mark | 0x00004000
+ rule ip kube-proxy external-tcp-2 goto cluster-tcp-2
`,
  },
  {
    name: 'a base chain deleted',
    script: 'delete chain ip kube-proxy nat-input',
    text: `# table ip kube-proxy
+ chain ip kube-proxy nat-input { type nat hook input priority 100; policy accept; }
+ rule ip kube-proxy nat-input ct status dnat jump learn
`,
  },
  {
    name: 'a base chain with another policy, and another one at another priority',
    script: `add chain ip kube-proxy filter-forward { policy drop; }
delete chain ip kube-proxy nat-input
add chain ip kube-proxy nat-input { type nat hook input priority 90; }
add rule ip kube-proxy nat-input ct status dnat jump learn`,
    text: `# table ip kube-proxy
- chain ip kube-proxy filter-forward { type filter hook forward priority 0; policy drop; }
+ chain ip kube-proxy filter-forward { type filter hook forward priority 0; policy accept; }
- chain ip kube-proxy nat-input { type nat hook input priority 90; policy accept; }
+ chain ip kube-proxy nat-input { type nat hook input priority 100; policy accept; }
`,
  },
  {
    name: 'a set deleted, and what others have put into the table',
    script: `flush chain ip kube-proxy masquerading
delete set ip kube-proxy hairpin
add set ip kube-proxy theirs { type ipv4_addr; }
add chain ip kube-proxy their-chain
add rule ip kube-proxy their-chain drop`,
    text: `# table ip kube-proxy
+ set ip kube-proxy hairpin { typeof ip saddr . ip daddr . meta l4proto . th dport; }
- set ip kube-proxy theirs
+ rule ip kube-proxy masquerading meta mark & 0x00004000 != 0x00000000 meta mark set meta mark ^ 0x00004000 masquerade fully-random
+ rule ip kube-proxy masquerading ct status dnat ip saddr . ip daddr . meta l4proto . th dport @hairpin masquerade fully-random
- chain ip kube-proxy their-chain
# Service d/web
+ element ip kube-proxy hairpin { 10.244.1.2 . 10.244.1.2 . tcp . 8080 }
`,
  },
];

for (const variant of nftVariants()) {
  describe.skipIf(mustSkip('comparing with the kernel', 'ip', 'nft', 'perl'))(
    `what differs from the kernel, ${variant.name}`,
    () => {
      let namespace: TestNamespace;
      let nft: Nft;
      let backend: NftablesBackend;
      let tables: ReadonlyMap<Family, DesiredTable>;
      const logger = pino({ level: 'silent' });

      const stage = (plan: ServicePlan): void => {
        const owner = plan.service;
        backend.stage(plan.family, owner, plan);
        tables.get(plan.family)?.setService(owner, plan);
      };
      const script = (text: string): void => {
        const file = join(namespace.directory, 'script.nft');
        writeFileSync(file, `${text}\n`);
        namespace.run(variant.path, '-f', file);
      };
      const ruleset = (): string => namespace.run(variant.path, '-a', 'list', 'ruleset');
      const differences = () => kernelDifferences(tables, { nft, dump: dumpIn(namespace), logger });
      const text = async (): Promise<string> => [...textOf(await differences())].join('');

      beforeEach(async () => {
        namespace = new TestNamespace();
        const runtimeDirectory = join(namespace.directory, 'run');
        nft = new Nft({ path: namespace.program('nft', variant.path), runtimeDirectory });
        backend = new NftablesBackend({ nft, rulesets, logger });
        tables = new Map(rulesets.map(options => [options.family, new DesiredTable(options)]));
        for (const family of FAMILIES) {
          backend.stageNode(family, ENTRIES[family]);
          tables.get(family)?.setNode(ENTRIES[family]);
        }
        PLANS.forEach(stage);
        expect((await backend.commit()).refused).toEqual([]);
      });
      afterEach(() => {
        nft.close();
        namespace.remove();
      });

      it('nothing, where all is as it is desired', async () => {
        expect(await differences()).toEqual([]);
      });

      it.each(CASES)('$name', async one => {
        script(one.script);
        const before = ruleset();
        expect(await text()).toBe(one.text);
        expect(ruleset()).toBe(before);
        await backend.resync();
        expect(await text()).toBe('');
      });

      it('no pins, no counters, no chains that wait to be tidied up', async () => {
        script(`add element ip kube-proxy affinity-tcp { 2656 . 2 . 80 . 10.244.1.9 timeout 60s : 10.244.1.2 . 8080 }`);
        stage(servicePlan('d/web', { endpoints: ['10.244.2.3:8080'] }));
        stage({ ...servicePlan('d/sticky', { clusterIP: '10.96.0.2' }), ports: [] });
        await backend.commit();
        const chains = namespace.run(variant.path, 'list', 'table', 'ip', 'kube-proxy');
        expect(chains).toContain('chain cluster-tcp-2 {');
        expect(chains).toMatch(/chain learn-cluster-tcp-600-l80-10\.96\.0\.2 \{/);
        expect(chains).toContain('10.244.1.9');
        expect(await differences()).toEqual([]);
      });

      it('a table that is not there: all of it, and what is printed is what nft takes', async () => {
        script('delete table ip kube-proxy\ndelete table ip6 kube-proxy');
        const printed = await text();
        expect(printed).toMatch(/^# table ip kube-proxy\n\+ table ip kube-proxy\n\+ map /);
        expect(printed.split('\n').filter(line => !/^[+#] /.test(line))).toEqual(['']);
        // Chains first, since rules and elements lead to them.
        const kinds = ['table', 'set', 'map', 'chain', 'element', 'rule'];
        const lines = kinds.flatMap(kind => printed.split('\n').filter(line => line.startsWith(`+ ${kind} `)));
        script(lines.map(line => line.replace('+', 'add')).join('\n'));
        expect(await text()).toBe('');
      });

      it('a map that has a name of ours and something else in it', async () => {
        script(`delete table ip6 kube-proxy
table ip6 kube-proxy { set pod-cidrs { type ipv6_addr; }; }`);
        const printed = await text();
        expect(printed).toContain('- set ip6 kube-proxy pod-cidrs\n+ set ip6 kube-proxy pod-cidrs { typeof ip6 saddr;');
        expect(printed).toContain('+ element ip6 kube-proxy pod-cidrs { fd00:244::/64 }\n');
      });

      it('a table that is asleep, as far as nft can tell', async () => {
        script('add table ip kube-proxy { flags dormant; }');
        const told = await text().catch((error: unknown) => String(error));
        expect(told).toMatch(
          /^# table ip kube-proxy\n- table ip kube-proxy \{ flags dormant; \}\n\+ table ip kube-proxy\n$|table ip kube-proxy cannot be read: it may have flags/,
        );
      });

      it('the same by a listing of nft, where the kernel is not asked', async () => {
        script(CASES[4]!.script);
        const listed = await kernelDifferences(tables, { nft, logger });
        expect([...jsonOf(listed)].join('')).toBe([...jsonOf(await differences())].join(''));
        expect(listed).toHaveLength(4);
      });
    },
  );
}
