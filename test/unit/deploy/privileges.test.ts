import { describe, expect, test } from 'vitest';
import { clusterRoleSchema, daemonSetSchema } from './manifest-schema.ts';
import { readManifest, readProjectFile } from './read-manifests.ts';

const pod = readManifest(daemonSetSchema).spec.template.spec;
const [init] = pod.initContainers;
const [main] = pod.containers;
const { rules } = readManifest(clusterRoleSchema);

describe('the pod', () => {
  test('the main container has NET_ADMIN and nothing else', () => {
    expect(main.securityContext).toEqual({
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsUser: 0,
      runAsGroup: 0,
      capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  test('the init container is the only privileged one', () => {
    expect(init.securityContext).toEqual({ privileged: true, readOnlyRootFilesystem: true });
  });

  test('of the namespaces of the node it shares only the network, and none of its files', () => {
    expect(pod).toMatchObject({ hostNetwork: true, dnsPolicy: 'Default', priorityClassName: 'system-node-critical' });
    for (const key of ['hostPID', 'hostIPC', 'securityContext']) expect(pod).not.toHaveProperty(key);
    expect(pod.volumes).toEqual([
      { name: 'kube-proxy', configMap: { name: 'kube-proxy' } },
      { name: 'run', emptyDir: { medium: 'Memory', sizeLimit: '128Mi' } },
    ]);
  });

  test('only the runtime directory can be written', () => {
    const writable = [init, main].map(container =>
      container.volumeMounts.filter(mount => !mount.readOnly).map(mount => mount.mountPath),
    );
    expect(writable).toEqual([['/run/sluice'], ['/run/sluice']]);
  });

  test('it runs on every Linux node', () => {
    expect(pod).toMatchObject({ tolerations: [{ operator: 'Exists' }], nodeSelector: { 'kubernetes.io/os': 'linux' } });
  });
});

test('the role allows what the agent asks for, and no more', () => {
  expect(rules).toEqual([
    { apiGroups: [''], resources: ['services'], verbs: ['list', 'watch'] },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    { apiGroups: [''], resources: ['nodes'], verbs: ['list', 'watch'] },
    { apiGroups: ['networking.k8s.io'], resources: ['servicecidrs'], verbs: ['list', 'watch'] },
    { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] },
  ]);
});

test('docs/deploy.md lists every privilege of the manifests, and no other', () => {
  const [, section = ''] = /^## Privileges$([\s\S]*?)^## /m.exec(readProjectFile('docs/deploy.md')) ?? [];
  const documented = [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, privilege]) => privilege);
  const granted = [
    ...(main.securityContext.capabilities?.add ?? []),
    `runAsUser: ${main.securityContext.runAsUser}`,
    ...(pod.hostNetwork ? ['hostNetwork'] : []),
    ...[init, main].filter(container => container.securityContext.privileged).map(() => 'privileged'),
    ...rules.flatMap(({ resources, verbs }) => resources.map(resource => `${resource}: ${verbs.join(', ')}`)),
  ];
  expect(documented).toEqual(granted);
});
