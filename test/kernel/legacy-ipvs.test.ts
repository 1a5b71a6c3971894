import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeLeftovers } from '../../src/backend/legacy/apply.ts';
import type { LeftoverReport } from '../../src/backend/legacy/leftover-report.ts';
import { systemTools } from '../../src/backend/legacy/tools.ts';
import { readVirtualServers } from '../../src/kernel/ipvs.ts';
import { ScratchFile } from '../../src/kernel/scratch-file.ts';
import { TestNamespace } from '../support/netns.ts';
import { mustSkip } from '../support/requirements.ts';
import { recordedRules } from '../unit/backend/legacy/recorded-rules.ts';
import { LegacyPrograms } from './legacy-programs.ts';

const PROGRAMS = ['iptables-nft-save', 'iptables-nft-restore', 'ipset', 'ip'];

const SETS = `create KUBE-LOOP-BACK hash:ip,port,ip family inet
create KUBE-CLUSTER-IP hash:ip,port family inet
add KUBE-CLUSTER-IP 10.96.0.1,tcp:443
add KUBE-CLUSTER-IP 10.96.0.10,udp:53
create KUBE-6-CLUSTER-IP hash:ip,port family inet6
add KUBE-6-CLUSTER-IP fd00:10:96::a,tcp:80
create KUBE-6-NODE-PORT-LOCAL-SCTP-HAS hash:ip,port family inet6
create KUBE-LOAD-BALANCER hash:ip,port family inet
create KUBE-LOAD-BALANCER-FW hash:ip,port family inet
create KUBE-LOAD-BALANCER-LOCAL hash:ip,port family inet
create KUBE-LOAD-BALANCER-SOURCE-CIDR hash:ip,port,net family inet
create KUBE-NODE-PORT-TCP bitmap:port range 0-65535
add KUBE-NODE-PORT-TCP 30080
create KUBE-HEALTH-CHECK-NODE-PORT bitmap:port range 0-65535
create KUBE-IPVS-IPS hash:ip family inet
add KUBE-IPVS-IPS 10.96.0.1
create cali40all-vxlan-net hash:net family inet
add cali40all-vxlan-net 192.168.0.3
`;

/** As the kernel lists them, but for blanks at ends of lines: four of kube-proxy, the last three of others. */
const SERVERS = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
TCP  0A600001:01BB rr
  -> C0A80002:192B      Masq    1      2          0
UDP  0A60000A:0035 rr
TCP  C0A80002:7580 rr
TCP  [fd00:0010:0096:0000:0000:0000:0000:000a]:0050 rr
TCP  C0A80002:1F90 wlc
  -> CB007102:1F90      Route   1      0          0
UDP  C0A80002:7580 wlc
TCP  CB007150:0050 wlc
`;
const OTHERS = ['TCP  C0A80002:1F90 ', 'UDP  C0A80002:7580 ', 'TCP  CB007150:0050 '];

/** A kernel without IPVS has no match for it. */
const withoutIpvsMatch = (rules: string): string => rules.replaceAll(/^.*-m ipvs .*\n/gm, '');

/**
 * Stands for `ipvsadm -R`: takes the virtual servers that it is to delete out of the list.
 * Not every kernel has IPVS, so the list is a file, in the kernel's format; the rules, the sets and the interface are
 * real.
 */
const FAKE_IPVSADM = `#!/bin/sh
[ "$*" = -R ] || exit 2
while read -r verb option server; do
  echo "$verb $option $server" >>"$LOG"
  case "$option $server" in
    '-t 10.96.0.1:443') pattern='^TCP  0A600001:01BB ' ;;
    '-u 10.96.0.10:53') pattern='^UDP  0A60000A:0035 ' ;;
    '-t 192.168.0.2:30080') pattern='^TCP  C0A80002:7580 ' ;;
    '-t [fd00:10:96::a]:80') pattern='^TCP  \\[fd00:0010:0096:.*000a\\]:0050 ' ;;
    *) echo 'No such service' >&2; status=255; continue ;;
  esac
  sed -i "/$pattern/d" "$LIST"
done
exit "\${status:-0}"
`;

describe.skipIf(mustSkip("leftovers of kube-proxy's mode ipvs", ...PROGRAMS))(
  "leftovers of kube-proxy's mode ipvs",
  () => {
    let node: TestNamespace;
    let expected: TestNamespace;
    let programs: LegacyPrograms;
    let scratch: ScratchFile;
    let list: string;
    let log: string;

    beforeEach(() => {
      node = new TestNamespace();
      expected = new TestNamespace();
      list = join(node.directory, 'ip_vs');
      log = join(node.directory, 'ipvsadm.log');
      programs = new LegacyPrograms(node, PROGRAMS);
      scratch = new ScratchFile(node.directory);
      const { all, others } = recordedRules('ipvs-mode');
      programs.outside(() => {
        for (const [namespace, rules] of [
          [node, all],
          [expected, others],
        ] as const) {
          const path = (name: string): string => join(namespace.directory, name);
          writeFileSync(path('sets'), SETS);
          writeFileSync(path('rules'), withoutIpvsMatch(rules));
          namespace.run('ipset', '-file', path('sets'), 'restore');
          namespace.run('sh', '-c', `iptables-nft-restore --counters <${path('rules')}`);
        }
        // A kernel without dummy interfaces has bridges.
        node.run('ip', 'link', 'add', 'kube-ipvs0', 'type', 'bridge');
        for (const address of ['10.96.0.1/32', '10.96.0.10/32', 'fd00:10:96::a/128'])
          node.run('ip', 'address', 'add', address, 'dev', 'kube-ipvs0');
        node.run('ip', 'address', 'add', '192.168.0.2/24', 'dev', 'lo');
      });
      writeFileSync(list, SERVERS);
      writeFileSync(log, '');
    });
    afterEach(() => {
      programs.restore();
      scratch.close();
      node.remove();
      expected.remove();
    });

    const addIpvsadm = (): void => {
      const path = join(node.directory, 'fake-ipvsadm');
      writeFileSync(path, FAKE_IPVSADM, { mode: 0o755 });
      programs.add(node, 'ipvsadm', `env LIST=${list} LOG=${log} ${path}`);
    };
    const remove = (): Promise<LeftoverReport> =>
      removeLeftovers(['ipv4'], { ...systemTools(scratch), readVirtualServers: () => readVirtualServers(list) });
    const inNamespace = (namespace: TestNamespace, ...command: [string, ...string[]]): string =>
      programs.outside(() => namespace.run(...command));
    const rulesIn = (namespace: TestNamespace): string =>
      inNamespace(namespace, 'iptables-nft-save', '-c').replaceAll(/^#.*\n/gm, '');
    const setsIn = (namespace: TestNamespace): string[] =>
      inNamespace(namespace, 'ipset', 'list', '-name').trimEnd().split('\n');
    const serversLeft = (): string[] => readFileSync(list, 'utf8').match(/^(?:TCP|UDP)  \S+ /gm) ?? [];

    it('go, and nothing of others goes', async () => {
      addIpvsadm();
      const report = await remove();
      expect(report.failures).toEqual([]);
      expect(report.removed).toMatchObject({ chains: 12, sets: 11, virtualServers: 4, interfaces: 1 });
      expect(serversLeft()).toEqual(OTHERS);
      expect(rulesIn(node)).toBe(rulesIn(expected));
      expect(setsIn(node)).toEqual(['cali40all-vxlan-net']);
      expect(inNamespace(node, 'ip', '-o', 'link')).not.toContain('kube-ipvs0');

      const again = await remove();
      expect(again.failures).toEqual([]);
      expect(again.hasRemoved).toBe(false);
      expect(readFileSync(log, 'utf8').trimEnd().split('\n')).toHaveLength(4);
    });

    it('leave their virtual servers, named, where there is no ipvsadm, and these go when there is', async () => {
      const report = await remove();
      expect(report.failures.map(({ error }) => String(error))).toEqual([
        expect.stringMatching(/4 virtual servers .* no ipvsadm on this machine: 10\.96\.0\.1:443\/tcp, /),
      ]);
      expect(report.removed).toMatchObject({ chains: 12, sets: 0, virtualServers: 0, interfaces: 1 });
      expect(serversLeft()).toHaveLength(7);

      addIpvsadm();
      const again = await remove();
      expect(again.failures).toEqual([]);
      expect(again.removed).toMatchObject({ chains: 0, sets: 11, virtualServers: 4, interfaces: 0 });
      expect(serversLeft()).toEqual(OTHERS);
    });

    it('are told of where a rule of others looks into a set', async () => {
      addIpvsadm();
      inNamespace(
        node,
        'sh',
        '-c',
        'printf "*raw\\n-A PREROUTING -m set --match-set KUBE-IPVS-IPS dst -j ACCEPT\\nCOMMIT\\n" | iptables-nft-restore',
      );
      const report = await remove();
      expect(report.failures.map(({ what }) => what)).toEqual(['set KUBE-IPVS-IPS']);
      expect(report.removed).toMatchObject({ sets: 10, virtualServers: 4, interfaces: 1 });
    });

    it('have no virtual servers where the kernel has no IPVS', async () => {
      expect(await readVirtualServers(join(node.directory, 'nothing'))).toBeUndefined();
    });
  },
);
