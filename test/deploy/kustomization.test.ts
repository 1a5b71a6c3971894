import { expect, test } from 'vitest';
import { resolveConfiguration } from '../../src/config/resolve.ts';
import { renderKustomization } from './rendered.ts';
import { schemaProblems } from './kubernetes-schema.ts';

test("deploy/kustomize builds, and all its objects are right by Kubernetes' schemas", async () => {
  const rendered = await renderKustomization('deploy/kustomize');
  expect(rendered.kinds).toEqual(['ClusterRole', 'ClusterRoleBinding', 'ConfigMap', 'DaemonSet', 'ServiceAccount']);
  expect(rendered.problems).toEqual([]);
});

test('what it renders is for kube-system, with the image of this version and the selector of kubeadm', async () => {
  const rendered = await renderKustomization('deploy/kustomize');
  for (const { kind, metadata } of rendered.objects)
    expect(metadata.namespace, kind).toBe(kind.startsWith('ClusterRole') ? undefined : 'kube-system');
  expect(rendered.the('DaemonSet').spec?.selector).toEqual({ matchLabels: { 'k8s-app': 'kube-proxy' } });
  expect(rendered.pod.containers[0]?.image).toMatch(/^sluice:\d/);
  expect(resolveConfiguration(new Map([['hostname-override', ['a']]]), rendered.configFile).warnings).toEqual([]);
});

test.for([
  {
    name: 'a field that is unknown',
    change: { spec: { template: { spec: { containers: [{ name: 'a', imag: 'b' }] } } } },
    says: 'imag: unknown field',
  },
  {
    name: 'a wrong type',
    change: { spec: { selector: {}, template: { spec: { containers: [{ name: 1 }] } } } },
    says: 'must be string',
  },
  { name: 'a field that is missing', change: { spec: { template: {} } }, says: 'must have required property' },
])('the schemas find $name', ({ change, says }) => {
  expect(
    schemaProblems({ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'x' }, ...change }).join('\n'),
  ).toContain(says);
});
