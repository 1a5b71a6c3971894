// An nft that is kept running, as the built program has it: known for ours, and gone when the program is.

import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { FakeApiServer } from '../fakes/fake-apiserver.ts';
import { endpointSlice, service, sliceEndpoint } from '../support/builders.ts';
import { mustSkip } from '../support/requirements.ts';
import { NodeNamespace } from './node-namespace.ts';
import { PublishedCluster } from './published-cluster.ts';

const isSkipped = mustSkip('the built program with an nft that is kept running', 'ip', 'nft', 'conntrack', 'unshare');
const FOREIGN = 'another program changed a table of ours';

describe.skipIf(isSkipped).each([
  { name: 'on the host', isContained: false },
  { name: 'in a pid namespace of its own', isContained: true },
])('an nft that is kept running, $name', ({ isContained }) => {
  let server: FakeApiServer;
  let cluster: PublishedCluster;
  let node: NodeNamespace;

  const endpoint = async (address: string): Promise<void> => {
    const endpoints = [sliceEndpoint({ address })];
    cluster.publish({ kind: 'set-slice', object: endpointSlice({ serviceName: 'web', endpoints }) });
    const isThere = (): boolean => [...node.elements().values()].some(value => value.startsWith(address));
    await vi.waitFor(() => expect(isThere(), node.log).toBe(true), { timeout: 20_000, interval: 50 });
  };
  const pidOf = (pattern: RegExp): number | undefined =>
    [...node.processes()].find(([command]) => pattern.test(command))?.[1];
  const session = (): number | undefined => pidOf(/ -j -i$/);
  const isThere = (pid: number): boolean => {
    try {
      return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
    } catch {
      return false;
    }
  };
  const gone = (pid: number): Promise<void> =>
    vi.waitFor(() => expect(isThere(pid)).toBe(false), { timeout: 2000, interval: 10 });

  beforeEach(async () => {
    server = await new FakeApiServer().start();
    cluster = new PublishedCluster(server);
    cluster.publish({ kind: 'set-service', object: service({ name: 'web', clusterIP: '10.96.0.10' }) });
    node = new NodeNamespace(server, { nft: 'nft', seed: 1, isContained });
    await node.prepare();
    node.start();
    await endpoint('10.244.2.10');
    for (let i = 11; i < 20; i += 1) await endpoint(`10.244.2.${i}`);
  });
  afterEach(async () => {
    await node.remove();
    await server.stop();
  });

  it('is known for ours, and others are told from it', async () => {
    expect(session(), node.log).toBeDefined();
    await delay(500);
    expect(node.hasLogged(FOREIGN), node.log).toBe(false);
    node.run('nft', 'flush', 'map', 'ip', 'kube-proxy', 'services');
    await vi.waitFor(() => expect(node.hasLogged(FOREIGN), node.log).toBe(true), { timeout: 10_000, interval: 50 });
    await vi.waitFor(() => expect(node.elements().has('ip services 10.96.0.10 . tcp . 80')).toBe(true), {
      timeout: 10_000,
      interval: 100,
    });
    await endpoint('10.244.2.30');
  });

  it.each(['SIGTERM', 'SIGKILL', 'SIGHUP'] as const)('ends with the program at %s', async signal => {
    const kept = session()!;
    const program = pidOf(/sluice\.mjs/)!;
    expect([kept, program], node.log).toEqual([expect.any(Number), expect.any(Number)]);
    const all = [...node.processes().values()];
    process.kill(program, signal);
    await gone(program);
    await gone(kept);
    // At SIGKILL `ip monitor` ends when an address changes next.
    if (signal !== 'SIGKILL') for (const pid of all) await gone(pid);
  });

  it('neither keeps the program from ending nor outlives it where it hangs', async () => {
    const kept = session()!;
    process.kill(kept, 'SIGSTOP');
    onTestFinished(() => void (isThere(kept) && process.kill(kept, 'SIGKILL')));
    cluster.publish({ kind: 'delete-service', object: { namespace: 'default', name: 'web' } });
    await delay(500);
    const program = pidOf(/sluice\.mjs/)!;
    process.kill(program, 'SIGTERM');
    await gone(program);
    await gone(kept);
  });
});
