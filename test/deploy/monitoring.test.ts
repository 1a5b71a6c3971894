import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { queriesOf, readDashboard } from './dashboard.ts';
import { exposedNames, namesIn } from './metric-names.ts';
import { MIXIN_QUERIES } from './mixin-queries.ts';
import { API_SERVER, CHART, renderChart, renderKustomization } from './rendered.ts';
import { PROJECT } from './tools.ts';

const MONITORING = join(PROJECT, 'deploy/monitoring');
const CASES = join(import.meta.dirname, 'alerts.yaml');

const ruleSchema = z.strictObject({
  alert: z.string().optional(),
  record: z.string().optional(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(['critical', 'warning', 'info']) }).optional(),
  annotations: z.strictObject({ summary: z.string(), description: z.string() }).optional(),
});
const { spec } = z
  .looseObject({
    spec: z.strictObject({ groups: z.array(z.strictObject({ name: z.string(), rules: z.array(ruleSchema) })) }),
  })
  .parse(parse(readFileSync(join(MONITORING, 'prometheus-rule.yaml'), 'utf8')));
const rules = spec.groups.flatMap(group => group.rules);
const alerts = rules.filter(({ alert }) => alert !== undefined);
const recorded = rules.flatMap(({ record }) => record ?? []);
const dashboard = readDashboard();

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'sluice-monitoring-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const promtool = (...command: string[]) =>
  execa(inject('tools').promtool, command, { cwd: folder, all: true, reject: false });

/** What promtool has against these queries. */
async function syntaxErrors(queries: readonly string[]): Promise<string> {
  const checked = queries.map((expr, i) => ({ record: `checked_${i}`, expr }));
  writeFileSync(join(folder, 'queries.yaml'), stringify({ groups: [{ name: 'checked', rules: checked }] }));
  const { exitCode, all } = await promtool('check', 'rules', 'queries.yaml');
  return exitCode === 0 ? '' : all;
}

describe('alerts and recordings', () => {
  test('promtool has nothing against them, in the form for the operator and as the rule file of the comment', async () => {
    const { stdout } = await execa('sed', ['1,/^spec:/d; s/^  //', join(MONITORING, 'prometheus-rule.yaml')]);
    writeFileSync(join(folder, 'rules.yaml'), stdout);
    const { exitCode, all } = await promtool('check', 'rules', '--lint=all', '--lint-fatal', 'rules.yaml');
    expect(all).toContain(`SUCCESS: ${rules.length} rules found`);
    expect(exitCode).toBe(0);
    expect(parse(stdout)).toEqual(spec);
  });

  test('fire when they ought to, and not otherwise: the cases of alerts.yaml', async () => {
    writeFileSync(join(folder, 'rules.yaml'), stringify(spec));
    cpSync(CASES, join(folder, 'alerts.yaml'));
    const { exitCode, all } = await promtool('test', 'rules', 'alerts.yaml');
    expect(all).toContain('SUCCESS');
    expect(exitCode).toBe(0);
  });

  test('each alert has a case in which it fires and one in which it is silent; each recording has one', () => {
    const tests = z
      .looseObject({
        tests: z.array(
          z.looseObject({
            alert_rule_test: z
              .array(z.looseObject({ alertname: z.string(), exp_alerts: z.array(z.unknown()).optional() }))
              .default([]),
            promql_expr_test: z.array(z.looseObject({ expr: z.string() })).optional(),
          }),
        ),
      })
      .parse(parse(readFileSync(CASES, 'utf8'))).tests;
    const judged = tests.flatMap(one => one.alert_rule_test);
    const namesOf = (isFiring: boolean): ReadonlySet<string | undefined> =>
      new Set(
        judged.filter(({ exp_alerts: expected = [] }) => expected.length > 0 === isFiring).map(one => one.alertname),
      );
    const [firing, silent] = [namesOf(true), namesOf(false)];
    expect(alerts.filter(({ alert }) => !firing.has(alert) || !silent.has(alert))).toEqual([]);
    const asked = new Set(tests.flatMap(one => one.promql_expr_test ?? []).map(({ expr }) => expr));
    expect(recorded.filter(name => !asked.has(name))).toEqual([]);
  });

  test('ask for metrics that sluice has', async () => {
    const known = new Set([...(await exposedNames()), ...recorded]);
    const unknown = rules.flatMap(({ expr }) => namesIn(expr).filter(name => !known.has(name)));
    expect(unknown).toEqual([]);
    expect(rules.flatMap(({ expr }) => namesIn(expr)).length).toBeGreaterThan(rules.length - 1);
  });

  test('each has a severity and words, and a heading in docs/operations.md', () => {
    const operations = readFileSync(join(PROJECT, 'docs/operations.md'), 'utf8');
    for (const { alert, labels, annotations } of alerts) {
      expect(labels, alert).toBeDefined();
      expect(annotations, alert).toBeDefined();
    }
    const told = [...operations.matchAll(/^### (Sluice\w+)$/gm)].map(([, name]) => name);
    expect(told).toEqual(alerts.map(({ alert }) => alert));
  });
});

describe('the dashboard', () => {
  test('has panels beside each other, none over another', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('asks for metrics that sluice has, of the job, cluster and node that are chosen', async () => {
    const known = await exposedNames();
    const queries = queriesOf(dashboard);
    expect(queries.length).toBeGreaterThan(20);
    expect(
      queries.flatMap(({ panel, query }) =>
        namesIn(query).flatMap(name => (known.has(name) ? [] : `${panel}: ${name}`)),
      ),
    ).toEqual([]);
    const selector = '{job="kube-proxy", cluster=~".*", instance=~".*"}';
    const selecting = ({ query }: { query: string }): number => query.split(selector).length - 1;
    for (const one of queries) expect(selecting(one), one.query).toBe((one.query.match(/\{/g) ?? []).length);
    expect(dashboard.templating.list.map(({ name }) => name)).toEqual(['datasource', 'cluster', 'instance']);
  });

  test('has queries that Prometheus takes', async () => {
    expect(await syntaxErrors(queriesOf(dashboard).map(({ query }) => query))).toBe('');
    expect(await syntaxErrors(['sum(up'])).toContain('parse error');
  });
});

test('the dashboard and the alerts of kubernetes-mixin ask for what sluice has', async () => {
  expect(await syntaxErrors(MIXIN_QUERIES.map(({ query }) => query))).toBe('');
  const known = await exposedNames();
  const unknown = MIXIN_QUERIES.filter(({ query }) => namesIn(query).some(name => !known.has(name)));
  expect(unknown.map(({ name }) => name)).toEqual(['goroutines']);
});

describe('chart and kustomization have the same', () => {
  const values = {
    ...API_SERVER,
    podMonitor: { enabled: true },
    prometheusRule: { enabled: true },
    dashboard: { enabled: true, namespace: 'monitoring' },
  };
  const component = async () => {
    const resources = [relative(folder, join(PROJECT, 'deploy/kustomize'))];
    const components = [relative(folder, MONITORING)];
    writeFileSync(join(folder, 'kustomization.yaml'), stringify({ resources, components }));
    return renderKustomization(relative(PROJECT, folder));
  };

  test('alerts and recordings', async () => {
    const [chart, kustomization] = [await renderChart(values), await component()];
    expect(kustomization.problems).toEqual([]);
    expect(chart.the('PrometheusRule').spec).toEqual(spec);
    expect(kustomization.the('PrometheusRule').spec).toEqual(spec);
  });

  test('dashboard, with the label by which a sidecar finds it', async () => {
    const [chart, kustomization] = [await renderChart(values), await component()];
    for (const rendered of [chart, kustomization]) {
      const found = rendered.all('ConfigMap').filter(({ metadata }) => metadata?.labels?.['grafana_dashboard'] === '1');
      expect(found).toHaveLength(1);
      expect(JSON.parse(found[0]?.data?.['sluice.json'] ?? '')).toEqual(dashboard);
    }
    expect(chart.all('ConfigMap').map(({ metadata }) => metadata?.namespace)).toContain('monitoring');
  });

  test('a PodMonitor that finds the pods, and gives the labels that dashboards for kube-proxy ask for', async () => {
    const [chart, kustomization] = [await renderChart(values), await component()];
    expect(chart.the('PodMonitor').spec.podMetricsEndpoints).toEqual(
      kustomization.the('PodMonitor').spec.podMetricsEndpoints,
    );
    for (const rendered of [chart, kustomization]) {
      const { selector, podMetricsEndpoints } = rendered.the('PodMonitor').spec;
      expect(rendered.the('DaemonSet').spec?.template.metadata?.labels).toMatchObject(selector.matchLabels);
      expect(rendered.pod.containers[0]?.ports?.map(({ name }) => name)).toContain(podMetricsEndpoints[0]?.port);
      expect(podMetricsEndpoints[0]?.relabelings).toEqual([
        { targetLabel: 'job', replacement: 'kube-proxy' },
        { sourceLabels: ['__meta_kubernetes_pod_node_name'], targetLabel: 'instance' },
      ]);
    }
  });

  test('a chart that is packed has them, too', async () => {
    const { stdout } = await execa(inject('tools').helm, ['package', CHART, '--destination', folder]);
    const archive = stdout.split(': ').at(-1)?.trim() ?? '';
    const command = ['template', 'sluice', archive, '--kube-version', '1.36.0', '--values', '-'];
    const packed = await execa(inject('tools').helm, command, { input: JSON.stringify(values) });
    expect(packed.stdout).toContain('alert: SluiceChangesWait');
    expect(packed.stdout).toContain('"uid": "sluice"');
  });
});

test.for([
  {
    query: 'sum by (a, b) (rate(x_total{job="y", z=~"w"}[5m])) / on (a) group_left (c) m:n:p99 > 3e5',
    names: ['x_total', 'm:n:p99'],
  },
  { query: 'time() - a_b > 1 and on (c) d_seconds offset 5m', names: ['a_b', 'd_seconds'] },
  { query: 'label_replace(i, "x", "$1", "y", "(v[0-9]*).*")', names: ['i'] },
])('names in $query', ({ query, names }) => {
  expect(namesIn(query)).toEqual(names);
});
