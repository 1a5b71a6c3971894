import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeApiServer } from '../fakes/fake-apiserver.ts';
import { FakePrograms } from '../fakes/fake-programs.ts';
import { mustSkip } from '../support/requirements.ts';
import { endpointSlice, service, sliceEndpoint } from '../support/builders.ts';
import { NodeNamespace } from './node-namespace.ts';
import { PublishedCluster } from './published-cluster.ts';

const isSkipped = mustSkip('the built program with an nft that is of no use', 'ip', 'nft', 'conntrack');

/** An nft that does this where its arguments are like that. */
const nftThat = (pattern: string, does: string): string =>
  `cd "$folder"\ncase "$*" in ${pattern}) ${does} ;; esac\nPATH=$PATH:/usr/sbin:/sbin exec nft "$@"`;

describe.skipIf(isSkipped)('the built program with an nft that is of no use', () => {
  let server: FakeApiServer;
  let node: NodeNamespace;
  let programs: FakePrograms;

  const start = async (nft: string): Promise<void> => {
    node = new NodeNamespace(server, { nft: programs.add('nft', nft), seed: 1 });
    await node.prepare();
    node.start();
  };

  beforeEach(async () => {
    programs = new FakePrograms();
    server = await new FakeApiServer().start();
    const cluster = new PublishedCluster(server);
    cluster.publish({ kind: 'set-service', object: service({ name: 'web', clusterIP: '10.96.0.10' }) });
    const endpoints = [sliceEndpoint({ address: '10.244.2.10' })];
    cluster.publish({ kind: 'set-slice', object: endpointSlice({ serviceName: 'web', endpoints }) });
  });
  afterEach(async () => {
    await node.remove();
    await server.stop();
    programs[Symbol.dispose]();
  });

  it.each([
    {
      name: 'takes no JSON',
      nft: nftThat('*-j*', "echo 'Error: JSON support not compiled-in' >&2; exit 1"),
      says: 'does not take JSON: Error: JSON support not compiled-in',
    },
    {
      name: 'may not change anything',
      nft: nftThat('*-f*', "echo 'Error: Could not process rule: Operation not permitted' >&2; exit 1"),
      says: 'CAP_NET_ADMIN is needed',
    },
    {
      name: 'does not know an expression',
      nft: nftThat(
        "'-c -f'*",
        'if grep -q numgen /dev/stdin; then echo "Error: syntax error, unexpected numgen" >&2; exit 1; fi',
      ),
      says: 'number generators (nft_numgen)',
    },
  ])('ends and says what is missing: $name', async ({ nft, says }) => {
    await start(nft);
    await vi.waitFor(() => expect(node.isRunning).toBe(false), { timeout: 60_000, interval: 200 });
    expect(node.exitCode).toBe(1);
    expect(node.log).toContain(says);
  });

  it('goes on with one that prints nonsense for a while, and takes nothing of it for true', async () => {
    await start(nftThat('*list*', "[ -e mended ] || { echo '<html>'; exit 0; }"));
    await vi.waitFor(() => expect(node.hasLogged('sync failed, will be tried again')).toBe(true), {
      timeout: 60_000,
      interval: 200,
    });
    expect(node.isRunning).toBe(true);
    programs.write('mended', '');
    await vi.waitFor(
      () => expect(node.elements().get('ip services 10.96.0.10 . tcp . 80')).toBe('goto cluster-tcp-1'),
      {
        timeout: 30_000,
        interval: 200,
      },
    );
  });
});
