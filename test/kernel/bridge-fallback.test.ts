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

const SUBNET = '10.244.1.0/24';

/** Stands for IPVS, which not every kernel has: what comes for the ClusterIP goes to a pod. Earlier than by our own rules: later nobody may. */
const IPVS = `add table ip ipvs
add chain ip ipvs in { type nat hook prerouting priority -150; }
add rule ip ipvs in ip daddr 10.96.0.1 tcp dport 80 dnat to 10.244.1.3:8080
`;

/** Answers with the address that the connection is from. */
const SERVER = `require('net').createServer(s => s.end(s.remoteAddress)).listen(8080, '0.0.0.0', () => console.log('up'))`;
const CLIENT = `const s = require('net').connect({ host: process.argv[1], port: +process.argv[2] });
s.setEncoding('utf8').on('data', d => console.log(d.replace('::ffff:', ''))).on('error', e => { console.log(e.code); process.exit(1) });
setTimeout(() => { console.log('silence'); process.exit(1) }, 1500).unref()`;

describe.skipIf(mustSkip('Services within a bridge', 'ip', 'nft', 'sysctl'))('Services within a bridge', () => {
  let node: TestNamespace;
  let pods: TestNamespace[];
  let nft: Nft;
  let server: ChildProcess;
  beforeEach(async () => {
    [node, ...pods] = [new TestNamespace(), new TestNamespace(), new TestNamespace()] as const;
    const inNode = (...args: string[]): string => node.run('ip', ...args);
    inNode('link', 'set', 'lo', 'up');
    inNode('link', 'add', 'cni0', 'type', 'bridge');
    for (const [i, pod] of pods.entries()) {
      inNode('link', 'add', `port${i}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', pod.name);
      inNode('link', 'set', `port${i}`, 'master', 'cni0', 'up');
      pod.run('ip', 'address', 'add', `10.244.1.${i + 2}/24`, 'dev', 'eth0');
      pod.run('ip', 'link', 'set', 'eth0', 'up');
      pod.run('ip', 'route', 'add', 'default', 'via', '10.244.1.1');
    }
    inNode('address', 'add', '10.244.1.1/24', 'dev', 'cni0');
    inNode('link', 'set', 'cni0', 'up');
    node.run('sysctl', '-qw', 'net.ipv4.ip_forward=1');
    // Without the module there is no such setting, and bridges ask nobody.
    node.run('sh', '-c', 'sysctl -qw net.bridge.bridge-nf-call-iptables=0 2>/dev/null || true');
    const directory = join(node.directory, 'run');
    mkdirSync(directory);
    nft = new Nft({ path: node.program('nft', 'nft'), runtimeDirectory: directory });
    await nft.apply(IPVS);
    server = spawn('ip', ['netns', 'exec', pods[1]!.name, process.execPath, '-e', SERVER]);
    await new Promise((resolve, reject) => {
      server.stdout?.once('data', resolve);
      server.once('error', reject);
    });
  });
  afterEach(() => {
    server.kill();
    nft.close();
    for (const namespace of [...pods, node]) namespace.remove();
  });

  async function program(bridgeSubnets: readonly string[]): Promise<void> {
    const backend = new IpvsBackend({
      nft,
      rulesets: [{ ...IPVS_RULESET, bridgeSubnets }],
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
    backend.stageNode('ipv4', { podCIDRs: ['10.244.0.0/16'], serviceCIDRs: ['10.96.0.0/16'], nodePortAddresses: [] });
    backend.stage('ipv4', 'd/web', servicePlan('d/web', { endpoints: ['10.244.1.3:8080*'] }));
    expect(await backend.commit()).toMatchObject({ refused: [] });
  }
  const ask = (host: string, port: number): string =>
    pods[0]!.run('sh', '-c', `${process.execPath} -e "$0" ${host} ${port} || true`, CLIENT).trim();

  it('the reply misses what has rewritten the request, unless it goes to the bridge itself', async () => {
    await program([]);
    expect(ask('10.96.0.1', 80)).toBe('silence');
    await program([SUBNET]);
    expect(ask('10.96.0.1', 80)).toBe('10.244.1.1');
    // Without a Service in between nothing is changed.
    expect(ask('10.244.1.3', 8080)).toBe('10.244.1.2');
  });

  it('what comes by on its way from pod to pod, and was sent to no Service, is left alone', async () => {
    node.run('sysctl', '-qw', 'net.ipv4.conf.all.send_redirects=0', 'net.ipv4.conf.cni0.send_redirects=0');
    pods[0]!.run('ip', 'route', 'add', '10.244.1.3', 'via', '10.244.1.1');
    await program([SUBNET]);
    expect(ask('10.244.1.3', 8080)).toBe('10.244.1.2');
    expect(ask('10.96.0.1', 80)).toBe('10.244.1.1');
  });
});
