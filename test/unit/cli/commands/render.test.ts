import { parse } from 'yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServicePlan } from '../../../../src/plan/types.ts';
import { FakeApiServer } from '../../../fakes/fake-apiserver.ts';
import { FakePrograms } from '../../../fakes/fake-programs.ts';
import { runMain } from '../run-main.ts';

const SERVICE = `kind: Service
metadata: {name: web}
spec: {clusterIP: 10.96.0.10, clusterIPs: [10.96.0.10], externalTrafficPolicy: Local, type: NodePort, ports: [{port: 80, nodePort: 30080}]}
---
kind: EndpointSlice
metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{port: 8080}]
endpoints:
- {addresses: [10.244.1.10], nodeName: node-a, hints: {forZones: [{name: zone-a}]}}
- {addresses: [10.244.2.10], nodeName: node-b, hints: {forZones: [{name: zone-b}]}}
`;
const NODE = `kind: Node
metadata: {name: node-a, labels: {topology.kubernetes.io/zone: zone-a}}
spec: {podCIDRs: [10.244.1.0/24]}
status: {addresses: [{type: InternalIP, address: 192.168.100.1}]}
`;

let folder: FakePrograms;
beforeEach(() => {
  folder = new FakePrograms();
  folder.write('service.yaml', SERVICE);
  folder.write('node.yaml', NODE);
});
afterEach(() => folder[Symbol.dispose]());

/** The plans of the manifests in the folder. */
async function plans(...flags: readonly string[]): Promise<readonly ServicePlan[]> {
  const { status, stdout, stderr } = await runMain(['render', '-f', folder.path, '-o', 'plan', ...flags]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return parse(stdout) as ServicePlan[];
}

const endpointsOf = ([plan]: readonly ServicePlan[]): readonly string[] =>
  (plan?.ports[0]?.clusterEndpoints ?? []).map(({ address, isLocal }) => `${address}${isLocal ? ' local' : ''}`);

describe('render from files', () => {
  it.each([
    { flags: [], starts: 'add table ip kube-proxy\n' },
    { flags: ['-o', 'nft'], starts: 'add table ip kube-proxy\n' },
    { flags: ['-o', 'json'], starts: '{"nftables":[' },
    { flags: ['-o', 'plan'], starts: '- service: default/web\n' },
  ])('prints it in the form that was asked for: $flags', async ({ flags, starts }) => {
    const { status, stdout, stderr } = await runMain(['render', '-f', folder.path, ...flags]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout.slice(0, starts.length)).toBe(starts);
    expect(stdout).toContain('10.96.0.10');
  });

  it('takes the standard input, and is what --dry-run does', async () => {
    const fromFile = await runMain(['render', '-f', folder.file('service.yaml')]);
    expect(await runMain(['--dry-run', '-f', '-'], SERVICE)).toEqual(fromFile);
  });

  it.each([
    {
      name: 'no Node of this name: nobody is local, there is no zone',
      flags: [],
      endpoints: ['10.244.1.10', '10.244.2.10'],
    },
    { name: 'the Node of the manifests', flags: ['--node-name=node-a'], endpoints: ['10.244.1.10 local'] },
    { name: 'by --hostname-override, too', flags: ['--hostname-override=node-a'], endpoints: ['10.244.1.10 local'] },
    {
      name: 'a node that is not among them',
      flags: ['--node-name=node-b', '--zone=zone-b'],
      endpoints: ['10.244.2.10 local'],
    },
    { name: 'a flag goes before the Node', flags: ['--node-name=node-a', '--zone=zone-b'], endpoints: ['10.244.2.10'] },
  ])('renders for a node: $name', async ({ flags, endpoints }) => {
    expect(endpointsOf(await plans(...flags))).toEqual(endpoints);
  });

  it.each([
    { name: 'those of the Node', flags: ['--node-name=node-a'], addresses: '192.168.100.1' },
    {
      name: 'those of --node-ip',
      flags: ['--node-name=node-a', '--node-ip=192.168.100.7'],
      addresses: '192.168.100.7',
    },
  ])('NodePorts are at the addresses of the node: $name', async ({ flags, addresses }) => {
    const { stdout } = await runMain(['render', '-f', folder.path, ...flags]);
    expect(stdout).toContain(`add element ip kube-proxy nodeport-ips {\n  ${addresses}\n}\n`);
  });

  it('follows the configuration', async () => {
    const flags = ['--node-name=node-a', '--detect-local-mode=NodeCIDR', '--masquerade-all'];
    const { stdout } = await runMain(['render', '-f', folder.path, ...flags]);
    expect(stdout).toContain('add element ip kube-proxy pod-cidrs {\n  10.244.1.0/24\n}\n');
    expect(stdout).toContain('add rule ip kube-proxy dispatch ip daddr @cluster-ips meta mark set');
  });

  it.each([
    {
      name: 'a manifest that is none',
      text: 'kind: [',
      told: /^\S*broken\.yaml: Flow sequence .*\n$/,
    },
    {
      name: 'a field that is wrong',
      text: 'kind: Service\nmetadata: {name: api}\nspec: {clusterIP: 10.96.0.11, externalIPs: [nonsense], ports: [{port: 80}]}\n',
      told: /^Service default\/api: spec\.externalIPs\[0\]: .*\n$/,
    },
    {
      name: 'a Service that has no ClusterIP yet',
      text: 'kind: Service\nmetadata: {name: api}\nspec: {ports: [{port: 80}]}\n',
      told: /^Service default\/api: spec\.clusterIP: is not set, so nothing is forwarded: .*\n$/,
    },
  ])('prints the rest, tells of it, and ends with 1: $name', async ({ text, told }) => {
    folder.write('broken.yaml', text);
    const { status, stdout, stderr } = await runMain(['render', '-f', folder.path]);
    expect(status).toBe(1);
    expect(stderr).toMatch(told);
    expect(stdout).toContain('10.96.0.10 . tcp . 80');
  });

  it.each(['type: ExternalName', 'clusterIP: None'])('has nothing to say of a Service of %s', async spec => {
    folder.write('other.yaml', `kind: Service\nmetadata: {name: api}\nspec: {${spec}}\n`);
    expect(await runMain(['render', '-f', folder.path])).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('render from a cluster', () => {
  let server: FakeApiServer;
  beforeEach(async () => {
    server = await new FakeApiServer().start();
  });
  afterEach(() => server.stop());

  it('asks the API server, and needs no more than a look', async () => {
    server.store.set({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'default' },
      spec: { clusterIP: '10.96.0.10', clusterIPs: ['10.96.0.10'], ipFamilies: ['IPv4'], ports: [{ port: 80 }] },
    });
    const { status, stdout, stderr } = await runMain(['render', `--master=${server.url}`]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(
      'add element ip kube-proxy unavailable {\n  10.96.0.10 . tcp . 80 : goto reject-chain\n}\n',
    );
    expect(server.requests.filter(({ verb }) => verb === 'create')).toEqual([]);
  });

  it('says where there is no way to a cluster', async () => {
    const { status, stderr } = await runMain(['render', '--kubeconfig=/does/not/exist']);
    expect(status).toBe(1);
    expect(stderr).toContain('/does/not/exist');
  });
});

describe('weights', () => {
  const POD = `kind: Pod
metadata: {name: web-1, labels: {sluice/ipvs-weight: '3'}}
status: {phase: Running, podIPs: [{ip: 10.244.1.10}]}
---
kind: Node
metadata: {name: node-b, labels: {sluice/ipvs-weight: '7'}}
`;
  const weightsOf = (text: string): string[] =>
    [...text.matchAll(/-r (\S+) -m -w (\d+)/g)].map(([, server, weight]) => `${server} ${weight}`).toSorted();

  it.each([
    { name: 'those of Pods and Nodes, if wanted', fields: 'ipvs: {weights: true}', weights: [3, 7] },
    { name: 'none of them otherwise', fields: 'ipvs: {weights: false}', weights: [1, 1] },
  ])('$name', async ({ fields, weights: [first, second] }) => {
    folder.write('weights.yaml', POD);
    const header = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';
    folder.write('configuration', `${header}${fields}\n`);
    const flags = ['--config', folder.file('configuration'), '-o', 'ipvs', '-f', folder.file('service.yaml')];
    const { stdout } = await runMain(['render', ...flags, '-f', folder.file('weights.yaml')]);
    expect(weightsOf(stdout)).toEqual([`10.244.1.10:8080 ${first}`, `10.244.2.10:8080 ${second}`]);
  });
});
