// The chart asks the cluster whether a kube-proxy is there. `helm template` without a cluster cannot: here is one that answers just that.

import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { API_SERVER, CHART } from './rendered.ts';

const resource = {
  name: 'daemonsets',
  singularName: 'daemonset',
  namespaced: true,
  kind: 'DaemonSet',
  verbs: ['get', 'list'],
};
const discovery: Readonly<Record<string, object>> = {
  '/version': { major: '1', minor: '36', gitVersion: 'v1.36.0' },
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': {
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: [
      {
        name: 'apps',
        versions: [{ groupVersion: 'apps/v1', version: 'v1' }],
        preferredVersion: { groupVersion: 'apps/v1', version: 'v1' },
      },
    ],
  },
  '/api/v1': { kind: 'APIResourceList', groupVersion: 'v1', resources: [] },
  '/apis/apps/v1': { kind: 'APIResourceList', groupVersion: 'apps/v1', resources: [resource] },
};

let server: Server;
let folder: string;
let daemonSets: Record<string, object>;

beforeEach(async () => {
  daemonSets = {};
  server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const object = discovery[path] ?? daemonSets[path.replace('/apis/apps/v1/namespaces/', '')];
    const failure = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'NotFound', code: 404 };
    response.writeHead(object ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(object ?? failure));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  folder = mkdtempSync(join(tmpdir(), 'sluice-chart-'));
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
  rmSync(folder, { recursive: true });
});

const daemonSet = (annotations: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'kube-proxy', namespace: 'kube-system', annotations },
});

/** `helm template` with a cluster to ask; its error, empty where it renders. */
async function refusal(values: object): Promise<string> {
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server does not listen');
  const kubeconfig = join(folder, 'kubeconfig');
  const cluster = { server: `http://127.0.0.1:${address.port}` };
  const context = { cluster: 'a', user: 'a' };
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'a', cluster }],
      users: [{ name: 'a', user: {} }],
      contexts: [{ name: 'a', context }],
      'current-context': 'a',
    }),
    { mode: 0o600 },
  );
  const command = [
    'template',
    'sluice',
    CHART,
    '--dry-run=server',
    '--kube-version',
    '1.36.0',
    '--namespace',
    'kube-system',
    '--values',
    '-',
  ];
  const { exitCode, stderr } = await execa(inject('tools').helm, command, {
    input: JSON.stringify({ ...API_SERVER, ...values }),
    env: { KUBECONFIG: kubeconfig, HOME: folder },
    reject: false,
  });
  return exitCode === 0 ? '' : stderr;
}

test('is refused while a DaemonSet kube-proxy is there, and the message says what to do', async () => {
  daemonSets['kube-system/daemonsets/kube-proxy'] = daemonSet();
  const message = await refusal({});
  expect(message).toContain('there is a DaemonSet kube-system/kube-proxy');
  expect(message).toContain('kubectl -n kube-system delete daemonset kube-proxy');
});

test.for([
  { name: 'none is there', values: {}, present: undefined },
  { name: 'it is a dry run', values: { dryRun: true }, present: daemonSet() },
  {
    name: 'it is our own',
    values: { fullnameOverride: 'kube-proxy' },
    present: daemonSet({ 'meta.helm.sh/release-name': 'sluice' }),
  },
])('is not refused where $name', async ({ values, present }) => {
  if (present) daemonSets['kube-system/daemonsets/kube-proxy'] = present;
  expect(await refusal(values)).toBe('');
});
