import { describe, expect, it, vi } from 'vitest';
import * as yaml from 'yaml';
import { readManifests, type Manifests, type ManifestText } from '../../../src/kube/manifests.ts';

vi.mock('yaml', { spy: true });

/** What one file, or several, make. */
const read = (...texts: readonly string[]): Manifests =>
  readManifests(texts.map((text, i): ManifestText => ({ file: `file-${i + 1}.yaml`, text })));

/** The names of all objects, by kind, and the problems. */
function summary({ services, endpointSlices, nodes, serviceCIDRs, problems }: Manifests): Record<string, string[]> {
  const all = {
    services: services.map(({ namespace, name }) => `${namespace}/${name}`),
    endpointSlices: endpointSlices.map(({ namespace, name }) => `${namespace}/${name}`),
    nodes: nodes.map(({ name }) => name),
    serviceCIDRs: serviceCIDRs.map(({ name }) => name),
    problems: problems.map(({ object, field, message }) => [object, field, message].filter(Boolean).join(': ')),
  };
  return Object.fromEntries(Object.entries(all).filter(([, list]) => list.length));
}

const SERVICE = 'kind: Service\nmetadata: {name: web}\n';
const SLICE = 'kind: EndpointSlice\nmetadata: {name: web-1}\n';

describe('readManifests finds', () => {
  const cases: readonly {
    readonly name: string;
    readonly texts: readonly string[];
    readonly found: Record<string, readonly string[]>;
  }[] = [
    { name: 'a Service', texts: [SERVICE], found: { services: ['default/web'] } },
    { name: 'JSON', texts: ['{"kind":"Node","metadata":{"name":"node-a"}}'], found: { nodes: ['node-a'] } },
    {
      name: 'several documents, in order',
      texts: [`---\n${SERVICE}---\n${SLICE}---\nkind: Service\nmetadata: {name: api, namespace: shop}\n`],
      found: { services: ['default/web', 'shop/api'], endpointSlices: ['default/web-1'] },
    },
    {
      name: 'several files',
      texts: [SERVICE, SLICE],
      found: { services: ['default/web'], endpointSlices: ['default/web-1'] },
    },
    {
      name: 'a list, as kubectl prints it',
      texts: [
        `kind: List\nitems:\n- {kind: Node, metadata: {name: node-a}}\n- {kind: ServiceCIDR, metadata: {name: kubernetes}}\n`,
      ],
      found: { nodes: ['node-a'], serviceCIDRs: ['kubernetes'] },
    },
    {
      name: 'a list as the API has it, whose items have no kind',
      texts: ['{"kind":"ServiceList","items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}}]}'],
      found: { services: ['default/a', 'default/b'] },
    },
    {
      name: 'a list in a list',
      texts: [`kind: List\nitems:\n- {kind: NodeList, items: [{metadata: {name: node-a}}]}\n`],
      found: { nodes: ['node-a'] },
    },
    { name: 'nothing in an empty list', texts: ['kind: ServiceList\nitems: []\n'], found: {} },
    { name: 'nothing in an empty file', texts: ['', '---\n---\n', '# a comment\n'], found: {} },
    {
      name: 'nothing in other kinds',
      texts: ['kind: Deployment\nmetadata: {name: web}\nspec: {ports: 7}\n'],
      found: {},
    },
    {
      name: 'of a key that is there twice the last one',
      texts: ['kind: Service\nmetadata: {name: a}\nmetadata: {name: b}\n'],
      found: { services: ['default/b'] },
    },
    {
      name: 'what anchors stand for',
      texts: ['kind: List\nitems:\n- kind: Node\n  metadata: &m {name: node-a}\n- kind: ServiceCIDR\n  metadata: *m\n'],
      found: { nodes: ['node-a'], serviceCIDRs: ['node-a'] },
    },
  ];
  it.each(cases)('$name', ({ texts, found }) => {
    expect(summary(read(...texts))).toEqual(found);
  });
});

describe('readManifests leaves out what the API server would not send', () => {
  const label = (name: string): string => `labels: {${name}: x}`;
  it.each([
    {
      name: 'a Service of another proxy',
      text: SERVICE.replace('name', `${label('service.kubernetes.io/service-proxy-name')}, name`),
    },
    {
      name: 'a slice of another proxy',
      text: SLICE.replace('name', `${label('service.kubernetes.io/service-proxy-name')}, name`),
    },
    {
      name: 'a slice of a headless Service',
      text: SLICE.replace('name', `${label('service.kubernetes.io/headless')}, name`),
    },
  ])('$name', ({ text }) => {
    expect(summary(read(text))).toEqual({});
  });

  it('and tells which Services are of another proxy', () => {
    const labelled = SERVICE.replace('name', `${label('service.kubernetes.io/service-proxy-name')}, name`);
    expect(read(labelled).ofOtherProxies).toEqual(['default/web']);
    expect(read(SERVICE).ofOtherProxies).toEqual([]);
  });

  it('but not a headless Service itself, nor one whose labels are no labels', () => {
    const headless = SERVICE.replace('name', `${label('service.kubernetes.io/headless')}, name`);
    expect(summary(read(headless, 'kind: Node\nmetadata: {name: node-a, labels: 7}'))).toEqual({
      services: ['default/web'],
      nodes: ['node-a'],
      problems: ['Node node-a: metadata.labels: is the number 7, not an object'],
    });
  });
});

describe('readManifests and what is broken', () => {
  const cases: readonly { readonly name: string; readonly text: string; readonly problems: readonly RegExp[] }[] = [
    { name: 'a file that is no YAML', text: 'kind: [', problems: [/^file-1\.yaml: Flow sequence/] },
    { name: 'a tab', text: 'kind: Service\n\tmetadata: {}\n', problems: [/^file-1\.yaml: Tabs are not allowed/] },
    { name: 'JSON that ends too early', text: '{"kind":"Service",', problems: [/^file-1\.yaml: /] },
    { name: 'text', text: 'hello', problems: [/^file-1\.yaml: is no Kubernetes object$/] },
    { name: 'a list of anything', text: '- a\n- b\n', problems: [/^file-1\.yaml: is no Kubernetes object$/] },
    { name: 'no kind', text: 'metadata: {name: web}\n', problems: [/^file-1\.yaml: kind: is missing$/] },
    {
      name: 'an item without a kind',
      text: 'kind: List\nitems: [{metadata: {name: web}}]\n',
      problems: [/^file-1\.yaml: kind: is missing$/],
    },
    { name: 'no name', text: 'kind: Service\nspec: {}\n', problems: [/^Service: metadata\.name: is missing$/] },
    {
      name: 'a field of another type',
      text: `${SERVICE}spec: {ports: [{port: "80"}], externalIPs: [1]}\n`,
      problems: [
        /^Service default\/web: spec\.ports\[0\]\.port: is a string/,
        /spec\.externalIPs\[0\]: is the number 1/,
      ],
    },
    {
      name: 'one document of several, by its number',
      text: `${SERVICE}---\nkind: [\n---\n42\n`,
      problems: [/^file-1\.yaml, document 2: /],
    },
  ];
  it.each(cases)('$name: told, and the other file is read', ({ text, problems }) => {
    const { nodes, problems: found } = read(text, 'kind: Node\nmetadata: {name: node-a}\n');
    expect(nodes.map(({ name }) => name)).toEqual(['node-a']);
    const told = summary({ ...read(), problems: found })['problems'] ?? [];
    for (const [i, problem] of problems.entries()) expect(told[i]).toMatch(problem);
    expect(told.length).toBeGreaterThanOrEqual(problems.length);
  });

  it('costs no more than the document itself', () => {
    expect(summary(read(`${SERVICE}---\nhello\n---\n${SLICE}`))).toEqual({
      services: ['default/web'],
      endpointSlices: ['default/web-1'],
      problems: ['file-1.yaml, document 2: is no Kubernetes object'],
    });
  });
});

describe('readManifests and JSON', () => {
  const item = (kind: string): object => ({ kind, metadata: { name: 'web' } });
  const list = JSON.stringify({ kind: 'List', items: [item('Service'), item('Node')] }, undefined, '\t');

  it('reads a list of a whole cluster without making YAML of it', () => {
    const parse = vi.spyOn(yaml, 'parseAllDocuments');
    expect(summary(read(`\n${list}\n`))).toEqual({ services: ['default/web'], nodes: ['web'] });
    expect(parse).not.toHaveBeenCalled();
  });

  it.each([
    { name: 'YAML that begins as JSON does', text: '{kind: Service, metadata: {name: web}}' },
    { name: 'several objects', text: `${JSON.stringify(item('Service'))}\n---\n${JSON.stringify(item('ConfigMap'))}` },
  ])('reads $name', ({ text }) => {
    expect(summary(read(text))).toEqual({ services: ['default/web'] });
  });
});

describe('readManifests projects objects as those from the API', () => {
  it('a port of a slice without a name is the unnamed one, as the API server has it', () => {
    const { endpointSlices } = read(
      `${SLICE}addressType: IPv4\nports: [{port: 8080}, {port: 9090, name: admin}, 7]\nendpoints: [{addresses: [10.244.1.10]}]\n`,
    );
    expect(endpointSlices[0]).toMatchObject({
      addressType: 'IPv4',
      ports: [
        { name: '', protocol: 'TCP', port: 8080 },
        { name: 'admin', protocol: 'TCP', port: 9090 },
      ],
      endpoints: [{ address: '10.244.1.10', traits: { ready: true, serving: true, terminating: false } }],
    });
  });

  it('a Service, a Node, a ServiceCIDR', () => {
    const { services, nodes, serviceCIDRs } = read(
      `${SERVICE}spec: {type: NodePort, clusterIP: 10.96.0.10, clusterIPs: [10.96.0.10], ports: [{port: 80, nodePort: 30080}]}\n`,
      'kind: Node\nmetadata: {name: node-a, labels: {topology.kubernetes.io/zone: zone-a}}\nstatus: {addresses: [{type: InternalIP, address: 192.168.100.1}]}\n',
      'kind: ServiceCIDR\nmetadata: {name: kubernetes}\nspec: {cidrs: [10.96.0.0/16]}\n',
    );
    expect(services[0]).toMatchObject({
      type: 'NodePort',
      clusterIPs: ['10.96.0.10'],
      ports: [{ name: '', protocol: 'TCP', port: 80, nodePort: 30_080 }],
    });
    expect(nodes[0]).toMatchObject({ zone: 'zone-a', addresses: ['192.168.100.1'] });
    expect(serviceCIDRs[0]).toEqual({ name: 'kubernetes', cidrs: ['10.96.0.0/16'] });
  });
});
