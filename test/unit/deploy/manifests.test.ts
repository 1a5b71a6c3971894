import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import {
  clusterRoleBindingSchema,
  clusterRoleSchema,
  configMapSchema,
  daemonSetSchema,
  serviceAccountSchema,
} from './manifest-schema.ts';
import { manifestFiles, readKustomization, readManifest, readManifests, readPackage } from './read-manifests.ts';

const daemonSet = readManifest(daemonSetSchema);
const configMap = readManifest(configMapSchema);
const pod = daemonSet.spec.template.spec;
const [init] = pod.initContainers;
const [main] = pod.containers;
const containers = [init, main];

describe('kustomization', () => {
  test('names every file of its folder, once', () => {
    const files = readKustomization().resources;
    expect([...files, 'kustomization.yaml'].toSorted()).toEqual(manifestFiles());
  });

  test('adds labels to objects, not to selectors', () => {
    expect(readKustomization().labels).toHaveLength(1);
    expect(readKustomization().labels[0]).not.toHaveProperty('includeSelectors');
    expect(readKustomization().labels[0]?.pairs).toHaveProperty(['app.kubernetes.io/name'], 'sluice');
  });

  test('replaces the image of every container by one of the version in package.json', () => {
    expect(readKustomization().images).toEqual([{ name: 'sluice', newName: 'sluice', newTag: readPackage().version }]);
    expect(containers.map(({ image }) => image)).toEqual(containers.map(() => 'sluice'));
  });

  test('has one object of each kind, in the namespace of kube-proxy where a kind has one', () => {
    const kinds = ['ClusterRole', 'ClusterRoleBinding', 'ConfigMap', 'DaemonSet', 'ServiceAccount'];
    expect(
      readManifests()
        .map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(kinds);
    const namespaced = readManifests().filter(({ metadata }) => metadata.namespace === 'kube-system');
    expect(namespaced.map(({ kind }) => kind).toSorted()).toEqual(['ConfigMap', 'DaemonSet', 'ServiceAccount']);
    expect(readKustomization().namespace).toBe('kube-system');
  });
});

describe('references', () => {
  test('the pod runs as the ServiceAccount that the role is bound to', () => {
    const account = readManifest(serviceAccountSchema).metadata;
    const { roleRef, subjects } = readManifest(clusterRoleBindingSchema);
    expect(pod.serviceAccountName).toBe(account.name);
    expect(subjects).toEqual([{ kind: 'ServiceAccount', name: account.name, namespace: account.namespace }]);
    expect(roleRef).toEqual({
      apiGroup: 'rbac.authorization.k8s.io',
      kind: 'ClusterRole',
      name: readManifest(clusterRoleSchema).metadata.name,
    });
  });

  test("names and selector are kubeadm's, and the pods match", () => {
    expect(daemonSet.metadata.name).toBe('kube-proxy');
    expect(daemonSet.spec.selector).toEqual({ matchLabels: { 'k8s-app': 'kube-proxy' } });
    expect(daemonSet.spec.template.metadata.labels).toMatchObject(daemonSet.spec.selector.matchLabels);
    expect(pod.containers.map(({ name }) => name)).toEqual(['kube-proxy']);
  });

  test.for(containers)('volumes of $name exist, and each is mounted', container => {
    const mounted = container.volumeMounts.map(({ name }) => name);
    expect(mounted.toSorted()).toEqual(pod.volumes.map(({ name }) => name).toSorted());
  });

  test.for(containers)('the configuration of $name is a key of the ConfigMap that is mounted there', container => {
    const path = container.command.find(word => word.startsWith('--config='))?.slice('--config='.length) ?? '';
    const mount = container.volumeMounts.find(({ mountPath }) => path.startsWith(`${mountPath}/`));
    expect(pod.volumes.find(({ name }) => name === mount?.name)?.configMap?.name).toBe(configMap.metadata.name);
    expect(configMap.data).toHaveProperty([path.slice((mount?.mountPath.length ?? 0) + 1)]);
  });

  test.for(containers)('variables in the command of $name are defined', container => {
    const used = container.command.flatMap(word => [...word.matchAll(/\$\((\w+)\)/g)].map(([, name]) => name));
    expect(used).toEqual(['NODE_NAME']);
    expect(container.env).toEqual([{ name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }]);
  });

  test('both containers run the same command, the first one to initialize only', () => {
    expect(init.command).toEqual([...main.command, '--init-only']);
    expect(main.command[0]).toBe('/usr/local/bin/kube-proxy');
  });

  test('the kubeconfig is a key beside the configuration, and is complete', () => {
    expect(parse(configMap.data['config.conf'])).toHaveProperty(
      'clientConnection.kubeconfig',
      '/var/lib/kube-proxy/kubeconfig.conf',
    );
    const tokens = '/var/run/secrets/kubernetes.io/serviceaccount';
    expect(parse(configMap.data['kubeconfig.conf'])).toEqual({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        {
          name: 'default',
          cluster: { 'certificate-authority': `${tokens}/ca.crt`, server: 'https://api-server.invalid:6443' },
        },
      ],
      contexts: [{ name: 'default', context: { cluster: 'default', namespace: 'default', user: 'default' } }],
      'current-context': 'default',
      users: [{ name: 'default', user: { tokenFile: `${tokens}/token` } }],
    });
  });

  test('probes go to a port of the container', () => {
    const probes = [main.startupProbe, main.livenessProbe, main.readinessProbe].map(probe => probe?.httpGet);
    expect(probes.map(probe => probe?.path)).toEqual(['/livez', '/livez', '/readyz']);
    expect([...new Set(probes.map(probe => probe?.port))]).toEqual(['healthz']);
    expect(main.ports?.map(({ name }) => name)).toContain('healthz');
  });

  test('the start may take ten minutes', () => {
    expect((main.startupProbe?.periodSeconds ?? 0) * (main.startupProbe?.failureThreshold ?? 0)).toBe(600);
  });
});
