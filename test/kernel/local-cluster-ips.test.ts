import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { IpvsBackend } from '../../src/backend/ipvs/apply.ts';
import { Nft } from '../../src/kernel/nft.ts';
import { FakeIpvs } from '../fakes/fake-ipvs.ts';
import { FakeIpvsadm } from '../fakes/fake-ipvsadm.ts';
import { IPVS_RULESET } from '../fakes/fake-ipvs-machine.ts';
import { TestNamespace } from '../support/netns.ts';
import { servicePlan } from '../support/plans.ts';
import type { ServicePlan, VirtualServer } from '../../src/plan/types.ts';
import { mustSkip } from '../support/requirements.ts';

/** What the CNI plug-in portmap makes of a pod with hostPort 80, in both directions: it is at every local address. */
const HOST_PORT = `add table ip cni
add chain ip cni prerouting { type nat hook prerouting priority -100; }
add chain ip cni output { type nat hook output priority -100; }
add rule ip cni prerouting fib daddr type local tcp dport 80 dnat to 10.244.1.3:80
add rule ip cni output fib daddr type local tcp dport 80 dnat to 10.244.1.3:80
`;

const SERVER = `require('net').createServer(s => s.end(process.argv[1])).listen(80, '0.0.0.0', () => console.log('up'))`;
const CLIENT = `const [, host, port] = process.argv; const s = require('net').connect({ host, port });
s.setEncoding('utf8').on('data', d => console.log(d)).on('error', e => console.log(e.code));
setTimeout(() => { console.log('silence'); process.exit() }, 2000).unref()`;

/** Connects, and sends something when it is told to. */
const HELD = `const [, host, port] = process.argv; const s = require('net').connect({ host, port }, () => console.log('up'));
s.on('error', e => { console.log(e.code); process.exit() }).on('close', () => process.exit());
process.stdin.on('data', () => { s.write('x'); setTimeout(() => { console.log('silence'); process.exit() }, 3000) })`;
const HOLDER = `require('net').createServer(s => s.on('error', () => 0)).listen(90, '0.0.0.0', () => console.log('up'))`;

describe.skipIf(mustSkip('ClusterIPs that are local', 'ip', 'nft', 'sysctl', 'conntrack'))(
  'ClusterIPs that are local',
  () => {
    let node: TestNamespace;
    let pods: TestNamespace[];
    let nft: Nft;
    const servers: ChildProcess[] = [];
    beforeEach(async () => {
      [node, ...pods] = [new TestNamespace(), new TestNamespace(), new TestNamespace()] as const;
      node.run('ip', 'link', 'set', 'lo', 'up');
      for (const [i, pod] of pods.entries()) {
        const address = `10.244.1.${i + 2}`;
        node.run('ip', 'link', 'add', `pod${i}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', pod.name);
        node.run('ip', 'address', 'add', '169.254.1.1/32', 'dev', `pod${i}`);
        node.run('ip', 'link', 'set', `pod${i}`, 'up');
        node.run('ip', 'route', 'add', address, 'dev', `pod${i}`);
        pod.run('ip', 'address', 'add', `${address}/32`, 'dev', 'eth0');
        pod.run('ip', 'link', 'set', 'eth0', 'up');
        pod.run('ip', 'route', 'add', '169.254.1.1', 'dev', 'eth0');
        pod.run('ip', 'route', 'add', 'default', 'via', '169.254.1.1');
      }
      node.run('sysctl', '-qw', 'net.ipv4.ip_forward=1');
      // Stands for IPVS, which not every kernel has: a socket of the host is where IPVS would take the packets.
      node.run('ip', 'route', 'add', 'local', '10.96.0.0/16', 'dev', 'lo', 'table', 'local');
      await serve(node, 'ipvs');
      await serve(pods[1]!, 'hostPort');
      const directory = join(node.directory, 'run');
      mkdirSync(directory);
      nft = new Nft({ path: node.program('nft', 'nft'), runtimeDirectory: directory });
      // The CNI has been there before.
      await nft.apply(HOST_PORT);
    });
    afterEach(() => {
      for (const server of servers.splice(0)) server.kill();
      nft.close();
      for (const namespace of [...pods, node]) namespace.remove();
    });

    async function serve(at: TestNamespace, name: string): Promise<void> {
      const server = spawn('ip', ['netns', 'exec', at.name, process.execPath, '-e', SERVER, name]);
      servers.push(server);
      await new Promise((resolve, reject) => {
        server.stdout?.once('data', resolve);
        server.once('error', reject);
      });
    }
    /** Waits for the next line that a process prints. */
    const lineOf = (child: ChildProcess): Promise<string> =>
      new Promise((resolve, reject) => {
        child.stdout?.once('data', data => resolve(String(data).trim()));
        child.once('error', reject);
      });
    const ask = (from: TestNamespace, host: string, port = 80): string =>
      from.run(process.execPath, '-e', CLIENT, host, `${port}`).trim();

    const newBackend = (): IpvsBackend =>
      new IpvsBackend({
        nft,
        rulesets: [IPVS_RULESET],
        logger: pino({ level: 'silent' }),
        ipvsadm: new FakeIpvsadm(new FakeIpvs()),
        localRoutes: { list: () => Promise.resolve([]), change: () => Promise.resolve() },
        settings: { scheduler: 'rr', schedulerFlags: undefined, nodeName: 'node-a' },
        drainTimeoutMs: 0,
        arpGuard: false,
        excludeCIDRs: [],
        manageForeign: false,
        ownAddresses: () => [],
        sourceOf: () => undefined,
        onMissingScheduler: () => undefined,
      });

    it('get no packets that a hostPort is for, which has all that come to the host itself', async () => {
      const backend = newBackend();
      const [pod] = pods;
      expect(ask(pod!, '10.96.0.1')).toBe('hostPort');
      backend.stageNode('ipv4', { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/16'], nodePortAddresses: [] });
      backend.stage('ipv4', 'd/web', servicePlan('d/web'));
      expect(await backend.commit()).toMatchObject({ refused: [] });
      for (const from of [pod!, node]) {
        expect(ask(from, '10.96.0.1')).toBe('ipvs');
        expect(ask(from, '169.254.1.1')).toBe('hostPort');
        // The guard still tells what was rewritten from what was not.
        expect(ask(from, '10.96.0.1', 81)).toBe('ECONNREFUSED');
      }
    });

    it('reset a connection that IPVS has forgotten when the last endpoint went', async () => {
      const backend = newBackend();
      backend.stageNode('ipv4', { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/16'], nodePortAddresses: [] });
      const plan = (endpoints: readonly string[], more: Partial<VirtualServer> = {}): ServicePlan =>
        servicePlan('d/web', { endpoints, virtualServers: [{ port: 90, ...more }] });
      backend.stage('ipv4', 'd/web', plan(['10.244.1.9:90']));
      await backend.commit();
      const holder = spawn('ip', ['netns', 'exec', node.name, process.execPath, '-e', HOLDER]);
      servers.push(holder);
      await lineOf(holder);
      const client = spawn('ip', ['netns', 'exec', pods[0]!.name, process.execPath, '-e', HELD, '10.96.0.1', '90']);
      servers.push(client);
      expect(await lineOf(client)).toBe('up');
      backend.stage('ipv4', 'd/web', plan([], { forward: 'none', unavailable: 'reject' }));
      await backend.commit();
      // As IPVS does with its own.
      node.run('conntrack', '-D', '-p', 'tcp', '--orig-port-dst', '90');
      const answer = lineOf(client);
      client.stdin.write('go');
      expect(await answer).toBe('ECONNRESET');
    });
  },
);
