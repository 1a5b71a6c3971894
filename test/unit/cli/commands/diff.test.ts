import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as families from '../../../../src/kernel/families.ts';
import { FakeApiServer } from '../../../fakes/fake-apiserver.ts';
import { FakePrograms } from '../../../fakes/fake-programs.ts';
import { configurationFile } from '../../../support/configuration.ts';
import { runMain, type MainResult } from '../run-main.ts';

vi.mock('../../../../src/kernel/families.ts', { spy: true });

const SERVICE = `kind: Service
metadata: {name: web}
spec: {clusterIP: 10.96.0.10, clusterIPs: [10.96.0.10], ports: [{port: 80}]}
`;

/** What lists the tables. @param list for sh */
const nftThat = (list: string): string => `case "$*" in
--version) echo 'nftables v1.0.6' ;;
*'-c '*) true ;;
*) ${list} ;;
esac`;
const NFT = nftThat(`echo '{"nftables": []}'`);

let programs: FakePrograms;
beforeEach(() => {
  programs = new FakePrograms();
  vi.mocked(families.hasIPv6).mockReturnValue(false);
  vi.stubEnv('PATH', programs.path);
  programs.add('ip', 'case "$*" in *address*) echo \'[{"addr_info": [{"local": "192.0.2.1"}]}]\' ;; esac');
  programs.add('nft', NFT);
  programs.write('service.yaml', SERVICE);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  programs[Symbol.dispose]();
});

/** Compares; the configuration file has these fields. */
function compare(argv: readonly string[], fields = ''): Promise<MainResult> {
  const own = `sluice: {nftPath: nft, runtimeDirectory: ${programs.file('run')}}`;
  programs.write('config.yaml', configurationFile(`{${[own, fields].filter(Boolean).join(', ')}}`));
  return runMain(['diff', `--config=${programs.file('config.yaml')}`, ...argv]);
}
const fromFiles = (...argv: readonly string[]): readonly string[] => ['-f', programs.file('service.yaml'), ...argv];

describe('sluice diff', () => {
  it('ends with 1 where something differs, and writes nothing', async () => {
    const { status, stdout, stderr } = await compare(fromFiles());
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toMatch(/^# table ip kube-proxy\n\+ table ip kube-proxy\n/);
    expect(stdout).toContain(
      '# Service default/web\n+ element ip kube-proxy unavailable { 10.96.0.10 . tcp . 80 : goto reject-chain }\n+ element ip kube-proxy cluster-ips { 10.96.0.10 }\n# this node\n',
    );
    const writes = programs.calls.filter(call => call.includes('-f ') && !call.includes('-c '));
    expect(writes).toEqual([]);
  });

  it('prints JSON', async () => {
    const { status, stdout } = await compare(fromFiles('-o', 'json'));
    expect(status).toBe(1);
    const { differences } = JSON.parse(stdout) as { differences: readonly Record<string, unknown>[] };
    expect(differences.filter(({ owner }) => owner === 'default/web')).toHaveLength(2);
    expect(differences).toContainEqual({
      family: 'ipv4',
      kind: 'element',
      in: 'cluster-ips',
      name: '10.96.0.10',
      owner: 'default/web',
      kernel: null,
      desired: '',
    });
  });

  it('has NodePorts at the addresses of this host, not at those of the Node', async () => {
    const { stdout } = await compare(fromFiles('--node-ip=192.0.2.99'), 'nodePortAddresses: [192.0.2.0/24]');
    expect(stdout).toContain('+ element ip kube-proxy nodeport-ips { 192.0.2.1 }\n');
    expect(stdout).not.toContain('192.0.2.99');
  });

  it('goes by what this nft can do', async () => {
    const learns = '+ rule ip kube-proxy learn meta l4proto tcp';
    expect((await compare(fromFiles())).stdout).toContain(learns);
    programs.add('nft', NFT.replace("*'-c '*) true", "*'-c '*) ! grep -q 'update @affinity' /dev/stdin"));
    expect((await compare(fromFiles())).stdout).not.toContain(learns);
  });

  it('goes by what mode ipvs has left on this host', async () => {
    programs.add(
      'ip',
      'case "$*" in *address*) echo "[]" ;; *"route show table local"*) echo \'[{"dst": "10.96.0.0/16"}]\' ;; esac',
    );
    const { stdout } = await compare(fromFiles());
    expect(stdout).toContain(
      '+ chain ip kube-proxy nat-prerouting { type nat hook prerouting priority -101; policy accept; }\n',
    );
  });

  it('asks a cluster', async () => {
    const server = await new FakeApiServer().start();
    try {
      server.store.set({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', namespace: 'default' },
        spec: { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'], ipFamilies: ['IPv4'], ports: [{ port: 80 }] },
      });
      const { status, stdout, stderr } = await compare([`--master=${server.url}`]);
      expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
      expect(stdout).toContain('# Service default/web\n+ element ');
      expect(server.requests.filter(({ verb }) => verb === 'create')).toEqual([]);
    } finally {
      await server.stop();
    }
  });

  it('does not count what is there at the second look, as when an agent has just written it', async () => {
    // The first listing knows no table, the second one has one with a map of others in it.
    const table =
      '{"table": {"family": "ip", "name": "kube-proxy"}}, {"map": {"family": "ip", "table": "kube-proxy", "name": "theirs"}}';
    programs.add(
      'nft',
      nftThat(`if [ -e "$folder/looked" ]; then echo '{"nftables": [${table}]}'; else echo '{"nftables": []}'; fi
  echo >"$folder/looked"`),
    );
    const { status, stdout } = await compare(fromFiles());
    expect(status).toBe(1);
    expect(stdout).not.toContain('+ table ip kube-proxy\n');
    expect(stdout).not.toContain('theirs');
    expect(stdout).toContain('+ set ip kube-proxy cluster-ips ');
  });

  it('compares the rest where manifests are wrong in parts, tells of it and ends with 2', async () => {
    programs.write('broken.yaml', 'kind: [');
    const { status, stdout, stderr } = await compare(['-f', programs.path]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^\S*broken\.yaml: Flow sequence .*\n$/);
    expect(stdout).toContain('# Service default/web\n');
  });

  it('tells what is wrong with a Service, which an agent leaves out, too', async () => {
    const service = SERVICE.replace('clusterIP:', 'loadBalancerSourceRanges: [nonsense], clusterIP:');
    programs.write('service.yaml', service);
    const { status, stdout, stderr } = await compare(fromFiles());
    expect(status).toBe(1);
    expect(stderr).toContain('Service default/web: spec.loadBalancerSourceRanges');
    expect(stdout).toContain('# Service default/web\n');
  });
});

describe('sluice diff, where it cannot compare, ends with 2:', () => {
  it.each([
    { name: 'no nft', nft: undefined, argv: ['-f', 'FILE'], told: 'sluice: nft --version: no such program' },
    {
      name: 'no privilege',
      nft: `case "$*" in --version) echo v1.0.6 ;; *) echo 'Error: Could not process rule: Operation not permitted' >&2; exit 1 ;; esac`,
      argv: ['-f', 'FILE'],
      told: 'sluice: the kernel cannot be compared: nft may not change the rules: CAP_NET_ADMIN is needed',
    },
    {
      name: 'an nft that fails to list',
      nft: nftThat("echo 'Error: broken on purpose' >&2; exit 1"),
      argv: ['-f', 'FILE'],
      told: 'sluice: nft -j list table ip kube-proxy: Error: broken on purpose',
    },
    {
      name: 'an nft that lists what is no listing',
      nft: nftThat('echo nonsense'),
      argv: ['-f', 'FILE'],
      told: 'sluice: the listing of table ip kube-proxy cannot be read: it may have flags',
    },
    { name: 'a manifest that is not there', nft: NFT, argv: ['-f', '/does/not/exist'], told: 'sluice: ENOENT' },
    {
      name: 'a command line that is wrong',
      nft: NFT,
      argv: ['--nonsense'],
      told: "sluice: unknown option '--nonsense'",
    },
    { name: 'no way to a cluster', nft: NFT, argv: [], told: 'sluice: ' },
  ])('$name', async ({ nft, argv, told }) => {
    programs.add('nft', nft ?? 'true');
    if (nft === undefined) vi.stubEnv('PATH', '/nowhere');
    const { status, stdout, stderr } = await compare(
      argv.map(one => one.replace('FILE', programs.file('service.yaml'))),
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.slice(0, told.length)).toBe(told);
    expect(stderr).not.toContain('    at ');
  });

  it('pod CIDRs that the Node does not have', async () => {
    const { status, stderr } = await compare(fromFiles('--node-name=node-a'), 'detectLocalMode: NodeCIDR');
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'sluice: detectLocalMode is NodeCIDR, and the Node node-a has no spec.podCIDRs\n',
    });
  });
});
