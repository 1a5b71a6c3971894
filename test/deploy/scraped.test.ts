// The built program, scraped by a real Prometheus that has the alerts and is asked what the dashboards ask.

import { execa } from 'execa';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { METRICS_PORT } from '../conformance/lib/config.ts';
import { NODE_NAME } from '../conformance/lib/hosts.ts';
import { service, slice } from '../conformance/objects.ts';
import { ask } from '../demo/requests.ts';
import { ADDRESSES, demoServices } from '../demo/services.ts';
import { Stage } from '../demo/stage.ts';
import { lacking } from '../support/requirements.ts';
import { queriesOf, readDashboard } from './dashboard.ts';
import { MIXIN_QUERIES } from './mixin-queries.ts';
import { Prometheus } from './prometheus.ts';
import { PROJECT } from './tools.ts';

const TARGET = `127.0.0.1:${METRICS_PORT}`;
const REQUESTS = 20;
/** For what comes within seconds on an idle machine. */
const SOON = { timeout: 40_000, interval: 500 };
/** Rates need something that goes on. */
const CHANGES_EACH_MS = 700;

const { spec: rules } = z
  .looseObject({ spec: z.looseObject({ groups: z.array(z.looseObject({ rules: z.array(z.unknown()) })) }) })
  .parse(parse(readFileSync(join(PROJECT, 'deploy/monitoring/prometheus-rule.yaml'), 'utf8')));
const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')));

let stage: Stage;
let prometheus: Prometheus;
let activity: NodeJS.Timeout;

/** An endpoint comes or goes, as the controller of slices writes it: with the time from which programming latency counts. */
function change(): void {
  hasBoth = !hasBoth;
  const busy = slice('busy', hasBoth ? ['pod-a', 'remote-a'] : ['pod-a']);
  const annotations = { 'endpoints.kubernetes.io/last-change-trigger-time': new Date().toISOString() };
  stage.apply({ ...busy, metadata: { ...busy.metadata, annotations } });
}
let hasBoth = false;

beforeAll(async () => {
  const missing = lacking('ip', 'nft');
  if (missing.length) throw new Error(`a scrape needs ${missing.join(', ')}`);
  stage = new Stage();
  await stage.raise();
  const { world } = stage;
  world.proxy.start();
  await world.ready();
  prometheus = new Prometheus({
    world,
    namespace: 'node',
    path: inject('tools').prometheus,
    target: TARGET,
    instance: NODE_NAME,
    rules,
  });
  await prometheus.start();
  for (const { objects } of demoServices()) stage.apply(...objects);
  stage.apply(service('busy', { ip: '10.96.0.60' }));
  activity = setInterval(change, CHANGES_EACH_MS);
  await world.settle();
  await ask(world, { from: 'pod-b', to: ADDRESSES.api }, REQUESTS);
}, 180_000);

afterAll(async () => {
  clearInterval(activity);
  await prometheus?.stop();
  expect((await stage?.strike()) ?? []).toEqual([]);
}, 60_000);

test('the target is up, by its own job and name', async () => {
  const targets = z.object({
    activeTargets: z.array(
      z.looseObject({ health: z.string(), lastError: z.string(), labels: z.record(z.string(), z.string()) }),
    ),
  });
  await vi.waitFor(async () => {
    const { activeTargets } = targets.parse(await prometheus.api('targets'));
    expect(activeTargets.map(({ health, lastError, labels }) => ({ health, lastError, labels }))).toEqual([
      { health: 'up', lastError: '', labels: { job: 'kube-proxy', instance: NODE_NAME } },
    ]);
  }, SOON);
  const [build] = await prometheus.query('sluice_build_info');
  expect(build).toMatchObject({ value: 1, labels: { version, job: 'kube-proxy', instance: NODE_NAME } });
});

test('promtool reads the exposition', async () => {
  const answer = await stage.world
    .outpost('node')
    .call('httpGet', { url: `http://${TARGET}/metrics`, timeout: 10_000 });
  if (answer.error !== undefined) throw new Error(answer.error);
  const { exitCode, stderr } = await execa(inject('tools').promtool, ['check', 'metrics'], {
    input: answer.body,
    reject: false,
  });
  // 1: it cannot be read; 3: promtool has other wishes for names, which are kube-proxy's.
  expect([0, 3], stderr).toContain(exitCode);
});

test('connections of a Service are counted', async () => {
  const query =
    'sum by (service_namespace, service_name, service_port) (sluice_service_connections_total{service_name="api"})';
  await vi.waitFor(async () => {
    const [connections] = await prometheus.query(query);
    expect(connections?.labels).toMatchObject({ service_namespace: 'default', service_name: 'api' });
    expect(connections?.value).toBe(REQUESTS);
  }, SOON);
});

test('all alerts and recordings are evaluated without an error, and no alert comes', async () => {
  const answer = z.object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.looseObject({
            name: z.string(),
            health: z.string(),
            state: z.string().optional(),
            lastError: z.string().optional(),
          }),
        ),
      }),
    ),
  });
  await vi.waitFor(async () => {
    const loaded = answer.parse(await prometheus.api('rules')).groups.flatMap(group => group.rules);
    expect(loaded).toHaveLength(rules.groups.flatMap(group => group.rules).length);
    expect(loaded.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(loaded.filter(({ state = 'inactive' }) => state !== 'inactive')).toEqual([]);
  }, SOON);
  await vi.waitFor(async () => {
    const [latency] = await prometheus.query('instance:kubeproxy_network_programming_duration_seconds:p99_rate5m');
    expect(latency?.value).toBeGreaterThan(0);
  }, SOON);
});

test.for(MIXIN_QUERIES)('kubernetes-mixin has an answer: $name', async ({ query, empty, rare }) => {
  await vi.waitFor(async () => {
    const samples = await prometheus.query(query);
    expect(samples.length > 0, empty).toBe(empty === undefined);
    if (!rare) expect(samples.filter(({ value }) => Number.isNaN(value))).toEqual([]);
  }, SOON);
});

/** What has nothing to show while all is well. */
const EMPTY_WHERE_WELL = new Set([
  'Nodes that do not answer',
  'Nodes that are not ready',
  'Turned away',
  'Changed by others',
  'Failed runs',
  'Failed lists and watches',
  // Until the first clean-up that finds one.
  'Stale UDP flows removed',
  // Of mode ipvs, which the kernel of this machine need not have.
  'Connections made by IPVS',
  'Connections that IPVS keeps',
  'Most connections of one real server',
  'Real servers that drain',
  'Virtual servers without weight',
  'ipvsadm started anew',
]);

test.for(queriesOf(readDashboard()))(
  'the dashboard has something to show: $panel, $query',
  async ({ panel, query }) => {
    await vi.waitFor(async () => {
      expect((await prometheus.query(query)).length > 0).toBe(!EMPTY_WHERE_WELL.has(panel));
    }, SOON);
  },
);

test('an agent that ends is seen, and the alert is on its way', async () => {
  clearInterval(activity);
  await stage.world.proxy.stop();
  await vi.waitFor(async () => {
    expect(await prometheus.query('up{job="kube-proxy"}')).toMatchObject([{ value: 0 }]);
    const alerts = z.object({
      alerts: z.array(z.looseObject({ state: z.string(), labels: z.looseObject({ alertname: z.string() }) })),
    });
    const active = alerts
      .parse(await prometheus.api('alerts'))
      .alerts.map(({ state, labels }) => `${labels.alertname} ${state}`);
    expect(active).toContain('SluiceUnreachable pending');
  }, SOON);
});
