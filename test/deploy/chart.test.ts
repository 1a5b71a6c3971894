import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { resolveConfiguration } from '../../src/config/resolve.ts';
import { fileSchema } from '../../src/config/schema.ts';
import { API_SERVER, CHART, chartRefusal, lintChart, renderChart } from './rendered.ts';
import { PROJECT } from './tools.ts';
import { VARIANTS } from './variants.ts';

const schemaShape = z.object({
  properties: z.object({ config: z.object({ properties: z.record(z.string(), z.unknown()) }) }),
});

describe.for(VARIANTS)('with $name', ({ values }) => {
  test('helm lint has nothing to say', async () => {
    const { status, text } = await lintChart(values);
    expect(text).not.toMatch(/\[(WARNING|ERROR)\]/);
    expect(status).toBe(0);
  });

  test("all objects are right by Kubernetes' schemas, and each is there once", async () => {
    const rendered = await renderChart(values);
    expect(rendered.problems).toEqual([]);
    const names = rendered.objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`);
    expect(names.toSorted()).toEqual([...new Set(names)].toSorted());
  });

  test('all objects are named and labelled as parts of the release', async () => {
    const { objects } = await renderChart(values);
    for (const { metadata } of objects) {
      expect(metadata).toHaveProperty(['labels', 'app.kubernetes.io/instance'], 'sluice');
      expect(metadata).toHaveProperty(['labels', 'app.kubernetes.io/managed-by'], 'Helm');
    }
  });

  test('the configuration is one that sluice takes without a word of warning', async () => {
    const flags = new Map([['hostname-override', ['node-a']]]);
    const { configuration, warnings } = resolveConfiguration(flags, (await renderChart(values)).configFile);
    expect(warnings).toEqual([]);
    expect(configuration).toMatchObject({
      hostnameOverride: 'node-a',
      clientConnection: { kubeconfig: '/var/lib/kube-proxy/kubeconfig.conf' },
    });
  });

  test('the pods are those that the DaemonSet selects, by labels that stay', async () => {
    const { spec } = (await renderChart(values)).the('DaemonSet');
    const matchLabels = spec?.selector.matchLabels ?? {};
    expect(Object.keys(matchLabels)).toEqual(['app.kubernetes.io/name', 'app.kubernetes.io/instance']);
    expect(spec?.template.metadata?.labels).toMatchObject(matchLabels);
  });
});

describe('configuration', () => {
  const configurationFor = async (values: object) => {
    const { configFile } = await renderChart({ ...API_SERVER, ...values });
    return resolveConfiguration(new Map(), configFile).configuration;
  };

  test('has what is set under config, over the defaults', async () => {
    const configuration = await configurationFor({
      config: {
        mode: 'ipvs',
        ipvs: { scheduler: 'lc' },
        conntrack: { min: 13_107_200 },
        sluice: { verifyPeriod: '5m' },
      },
    });
    expect(configuration).toMatchObject({
      mode: 'ipvs',
      ipvs: { scheduler: 'lc' },
      conntrack: { min: 13_107_200, maxPerCore: 32_768 },
      sluice: { verifyPeriodMs: 300_000 },
      metricsBindAddress: '0.0.0.0:10249',
    });
  });

  test('without the init container conntrack is left alone', async () => {
    const { conntrack } = await configurationFor({ initContainer: { enabled: false } });
    expect(conntrack).toMatchObject({ maxPerCore: 0, min: 0, tcpEstablishedTimeoutMs: 0, tcpCloseWaitTimeoutMs: 0 });
  });

  test('the schema knows the fields of the configuration, and only these', () => {
    const { properties } = schemaShape.parse(JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')));
    const fields = Object.keys(properties.config.properties);
    expect(fields.toSorted()).toEqual(Object.keys(fileSchema.in.shape).toSorted());
  });

  test('a change of it replaces the pods, unless that is left to the agent', async () => {
    const checksum = async (values: object) =>
      (await renderChart({ ...API_SERVER, ...values })).the('DaemonSet').spec?.template.metadata?.annotations?.[
        'checksum/config'
      ];
    const first = await checksum({});
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(await checksum({ podLabels: { a: 'b' } })).toBe(first);
    expect(await checksum({ config: { clusterCIDR: '10.0.0.0/8' } })).not.toBe(first);
    expect(await checksum({ apiServer: { url: 'https://elsewhere.example.org' } })).not.toBe(first);
    expect(await checksum({ restartOnConfigChange: false })).toBeUndefined();
  });
});

test('README.md tells of every value, and of no other; the schema knows them all', () => {
  const values = z.record(z.string(), z.unknown()).parse(parse(readFileSync(join(CHART, 'values.yaml'), 'utf8')));
  const isTold = (path: string): boolean => told.includes(path);
  const [, table = ''] = readFileSync(join(CHART, 'README.md'), 'utf8').split('\n## Values\n');
  const told = [...table.matchAll(/^\| `([\w.]+)` \|/gm)].map(([, path]) => String(path));
  const leaves = (value: unknown, path: string): readonly string[] =>
    isTold(path) || typeof value !== 'object' || value === null || Array.isArray(value)
      ? [path]
      : Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
  const paths = Object.entries(values).flatMap(([key, value]) => leaves(value, key));
  expect(told.toSorted()).toEqual(paths.toSorted());
  const schema = z.object({ properties: z.record(z.string(), z.unknown()) });
  const { properties } = schema.parse(JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')));
  expect(Object.keys(properties).toSorted()).toEqual(['global', ...Object.keys(values)].toSorted());
});

test('the chart has the version of the program', () => {
  const version = z.object({ version: z.string() });
  const { version: ours } = version.parse(JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')));
  const chart = version.extend({ appVersion: z.string() });
  expect(chart.parse(parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8')))).toMatchObject({
    version: ours,
    appVersion: ours,
  });
});

describe('what depends on what', () => {
  test('ports and probes follow the addresses of the configuration', async () => {
    const values = { ...API_SERVER, config: { healthzBindAddress: '[::]:20256', metricsBindAddress: '[::]:20249' } };
    const [main] = (await renderChart(values)).pod.containers;
    expect(main?.ports).toEqual([
      { name: 'http-metrics', containerPort: 20249, protocol: 'TCP' },
      { name: 'healthz', containerPort: 20256, protocol: 'TCP' },
    ]);
    for (const probe of [main?.startupProbe, main?.livenessProbe, main?.readinessProbe])
      expect(probe?.httpGet?.port).toBe('healthz');
  });

  test('a kubeconfig of a Secret stands where the other one would', async () => {
    const rendered = await renderChart({ apiServer: { kubeconfigSecret: { name: 'node-kubeconfig' } } });
    expect(Object.keys(rendered.the('ConfigMap').data ?? {})).toEqual(['config.conf']);
    expect(rendered.pod.volumes?.[0]).toEqual({
      name: 'kube-proxy',
      projected: {
        sources: [
          { configMap: { name: 'sluice' } },
          { secret: { name: 'node-kubeconfig', items: [{ key: 'kubeconfig', path: 'kubeconfig.conf' }] } },
        ],
      },
    });
  });

  test('an image by digest, by tag, by the version of the chart', async () => {
    const image = async (values: object) =>
      (await renderChart({ ...API_SERVER, image: values })).pod.containers[0]?.image;
    const { version } = z.object({ version: z.string() }).parse(parse(readFileSync(join(CHART, 'Chart.yaml'), 'utf8')));
    expect(await image({})).toBe(`sluice:${version}`);
    expect(await image({ repository: 'r/s', tag: '9' })).toBe('r/s:9');
    expect(await image({ repository: 'r/s', tag: '9', digest: `sha256:${'0'.repeat(64)}` })).toBe(
      `r/s@sha256:${'0'.repeat(64)}`,
    );
  });

  test('names of the release', async () => {
    const nameOf = async (release: string, values = {}) =>
      (await renderChart({ ...API_SERVER, ...values }, { release })).the('DaemonSet').metadata?.name;
    expect(await nameOf('sluice')).toBe('sluice');
    expect(await nameOf('blue')).toBe('blue-sluice');
    expect(await nameOf('blue', { nameOverride: 'proxy' })).toBe('blue-proxy');
    expect(await nameOf('blue', { fullnameOverride: 'proxy' })).toBe('proxy');
  });

  test('arguments and variables that are added come to both containers', async () => {
    const { pod } = await renderChart({ ...API_SERVER, extraArgs: ['--v=4'], extraEnv: [{ name: 'A', value: 'b' }] });
    const [init] = pod.initContainers ?? [];
    const [main] = pod.containers;
    expect(main?.command).toEqual([
      '/usr/local/bin/kube-proxy',
      '--config=/var/lib/kube-proxy/config.conf',
      '--hostname-override=$(NODE_NAME)',
      '--v=4',
    ]);
    expect(init?.command).toEqual([...(main?.command?.slice(0, 3) ?? []), '--init-only', '--v=4']);
    for (const container of [init, main]) expect(container?.env).toContainEqual({ name: 'A', value: 'b' });
  });
});

describe('refuses', () => {
  test.for([
    { name: 'no API server', values: {}, says: 'apiServer.url is not set' },
    {
      name: 'two API servers',
      values: { apiServer: { url: 'https://a', kubeconfigSecret: { name: 'b' } } },
      says: 'both set',
    },
    {
      name: 'an address without a scheme',
      values: { apiServer: { url: 'a:6443' } },
      says: 'apiServer.url: Does not match pattern',
    },
    {
      name: 'a misspelt value',
      values: { ...API_SERVER, dryrun: true },
      says: 'Additional property dryrun is not allowed',
    },
    {
      name: 'a misspelt field',
      values: { ...API_SERVER, config: { clusterCidr: '' } },
      says: 'config: Additional property clusterCidr',
    },
    {
      name: 'a mode that is none',
      values: { ...API_SERVER, config: { mode: 'iptables' } },
      says: 'config.mode must be one of the following: "nftables", "ipvs"',
    },
    {
      name: 'a digest that is none',
      values: { ...API_SERVER, image: { digest: '1' } },
      says: 'image.digest: Does not match pattern',
    },
    {
      name: 'a word for a switch',
      values: { ...API_SERVER, dryRun: 'yes' },
      says: 'dryRun: Invalid type. Expected: boolean, given: string',
    },
    {
      name: 'no port for probes',
      values: { ...API_SERVER, config: { healthzBindAddress: '' } },
      says: 'config.healthzBindAddress is empty',
    },
    {
      name: 'to scrape a loopback address',
      values: { ...API_SERVER, podMonitor: { enabled: true }, config: { metricsBindAddress: '127.0.0.1:10249' } },
      says: 'Prometheus cannot reach a loopback address',
    },
    {
      name: 'two pods of one node at a time',
      values: { ...API_SERVER, updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } },
      says: 'updateStrategy.rollingUpdate.maxSurge does not match: 0',
    },
  ])('$name', async ({ values, says }) => {
    expect(await chartRefusal(values)).toContain(says);
  });

  test('a Kubernetes that is too old', async () => {
    expect(await chartRefusal(API_SERVER, { kubernetes: '1.24.9' })).toContain(
      'chart requires kubeVersion: >=1.25.0-0',
    );
  });
});
