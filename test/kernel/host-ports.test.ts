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

describe.skipIf(mustSkip('hostPorts beside mode ipvs', 'ip', 'nft', 'sysctl'))('hostPorts beside mode ipvs', () => {
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
  const ask = (from: TestNamespace, host: string, port = 80): string =>
    from.run(process.execPath, '-e', CLIENT, host, `${port}`).trim();

  it('get no packets to ClusterIPs, and all that come to the host itself', async () => {
    const backend = new IpvsBackend({
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
});
