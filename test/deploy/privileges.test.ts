import { describe, expect, test } from 'vitest';
import { API_SERVER, renderChart, renderKustomization, type Rendered } from './rendered.ts';
import { VARIANTS } from './variants.ts';

/** None of which is of the node's disk. */
const ALLOWED_VOLUMES = new Set(['configMap', 'projected', 'emptyDir']);

describe.for(VARIANTS)('the chart with $name', ({ name, values }) => {
  test('the container that stays has NET_ADMIN at the most, and cannot write its own files', async () => {
    const { pod } = await renderChart(values);
    expect(pod.containers).toHaveLength(1);
    const isDry = pod.containers[0]?.command?.includes('--dry-run');
    const user = isDry ? { runAsNonRoot: true, runAsUser: 65534, runAsGroup: 65534 } : { runAsUser: 0, runAsGroup: 0 };
    expect(pod.containers[0]?.securityContext).toEqual({
      privileged: false,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      ...user,
      capabilities: { drop: ['ALL'], ...(!isDry && { add: ['NET_ADMIN'] }) },
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  test('only the init container is privileged, and it ends', async () => {
    for (const container of (await renderChart(values)).pod.initContainers ?? []) {
      expect(container.securityContext).toEqual({ privileged: true, readOnlyRootFilesystem: true });
      expect(container.command).toContain('--init-only');
      expect(container.restartPolicy).toBeUndefined();
    }
  });

  test('nothing of the node but its network is shared', async () => {
    const { pod } = await renderChart(values);
    for (const key of ['hostPID', 'hostIPC', 'hostUsers', 'shareProcessNamespace', 'securityContext'])
      expect(pod).not.toHaveProperty(key);
    // Only the init container of mode ipvs has something of the node's disk, and cannot write there.
    const modules = (pod.volumes ?? []).filter(({ hostPath }) => hostPath);
    expect(modules).toEqual(
      name.startsWith('mode ipvs') ? [{ name: 'modules', hostPath: { path: '/lib/modules' } }] : [],
    );
    expect(pod.containers[0]?.volumeMounts?.map(mount => mount.name)).not.toContain('modules');
    const kinds = (pod.volumes ?? [])
      .filter(volume => !modules.includes(volume))
      .flatMap(({ name: _, ...source }) => Object.keys(source));
    expect(kinds.filter(kind => !ALLOWED_VOLUMES.has(kind))).toEqual([]);
    const writable = [...(pod.initContainers ?? []), ...pod.containers].flatMap(({ volumeMounts = [] }) =>
      volumeMounts.filter(({ readOnly }) => !readOnly).map(({ name }) => name),
    );
    expect([...new Set(writable)]).toEqual(['run']);
  });

  test('no role lets it change or read more than the manifests do, and Pods only for their weights', async () => {
    const pods = name === 'mode ipvs with weights' ? ['/pods list', '/pods watch'] : [];
    const allowed = new Set([...grants(await renderKustomization('deploy/kustomize')), ...pods]);
    const asked = grants(await renderChart(values));
    expect(asked.filter(grant => !allowed.has(grant))).toEqual([]);
    expect(asked.filter(grant => grant.startsWith('/pods'))).toEqual(pods);
    expect(
      asked.filter(
        grant => /\*|secrets|create|update|patch|delete|get/.test(grant) && !grant.endsWith('events create'),
      ),
    ).toEqual([]);
  });
});

const grants = (rendered: Rendered): readonly string[] =>
  rendered
    .all('ClusterRole')
    .flatMap(({ rules = [] }) => rules ?? [])
    .flatMap(({ apiGroups = [], resources = [], verbs, ...more }) => [
      ...apiGroups.flatMap(group => resources.flatMap(resource => verbs.map(verb => `${group}/${resource} ${verb}`))),
      ...Object.keys(more),
    ])
    .toSorted();

test('a dry run needs nothing of the node, and writes nothing in the cluster', async () => {
  const rendered = await renderChart({ ...API_SERVER, dryRun: true });
  expect(rendered.pod.hostNetwork).toBe(false);
  expect(rendered.pod.initContainers).toBeUndefined();
  expect(rendered.pod.containers[0]?.ports).toBeUndefined();
  expect(rendered.pod.containers[0]?.command?.slice(-2)).toEqual(['--dry-run', '--watch']);
  expect(rendered.the('DaemonSet').spec?.template.metadata?.labels).not.toHaveProperty('k8s-app');
  expect(grants(rendered).filter(grant => !/ (list|watch)$/.test(grant))).toEqual([]);
});

describe('chart and kustomization', () => {
  test('are one and the same pod', async () => {
    const [chart, kustomization] = [await renderChart(API_SERVER), await renderKustomization('deploy/kustomize')];
    const same = ({ pod }: Rendered): unknown => {
      const { terminationGracePeriodSeconds: _, serviceAccountName: __, volumes, ...rest } = pod;
      const containers = (list = rest.containers) => list.map(({ imagePullPolicy: ___, ...container }) => container);
      const sources = volumes?.map(volume => (volume.configMap ? { name: volume.name, configMap: {} } : volume));
      return { ...rest, volumes: sources, containers: containers(), initContainers: containers(rest.initContainers) };
    };
    expect(same(chart)).toEqual(same(kustomization));
    expect(chart.the('DaemonSet').spec?.updateStrategy).toEqual(kustomization.the('DaemonSet').spec?.updateStrategy);
  });

  test('ask the same of the API server', async () => {
    expect(grants(await renderChart(API_SERVER))).toEqual(grants(await renderKustomization('deploy/kustomize')));
  });
});
