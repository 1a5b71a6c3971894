import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createAllMetrics, metricCases } from './metric-cases.ts';

describe('metrics', () => {
  it.each(metricCases)('$name', async ({ act, samples }) => {
    const registry = new Registry();
    act(createAllMetrics(registry));
    expect((await registry.metrics()).split('\n')).toEqual(expect.arrayContaining([...samples]));
  });

  it('does not time watches', async () => {
    const registry = new Registry();
    const { restClient } = createAllMetrics(registry);
    restClient.observeRequest({ method: 'GET', host: 'h', status: 200, durationSeconds: undefined });
    const text = await registry.metrics();
    expect(text).toContain('rest_client_requests_total{code="200",method="GET",host="h"} 1');
    expect(text).not.toContain('rest_client_request_duration_seconds_count');
  });

  it('shows nothing of conntrack before the first clean-up', async () => {
    const registry = new Registry();
    createAllMetrics(registry);
    expect(await registry.metrics()).not.toContain('conntrack');
  });

  it('names, types, labels, buckets and help are those of kube-proxy', async () => {
    const registry = new Registry();
    const all = createAllMetrics(registry);
    for (const { act } of metricCases) act(all);
    await expect(await describeMetrics(registry)).toMatchFileSnapshot('exposition.txt');
  });
});

/** A line or two for each metric: `name type labels`, buckets, help. */
async function describeMetrics(registry: Registry): Promise<string> {
  const metrics = await registry.getMetricsAsJSON();
  const lines = metrics.map(({ name, type, help, values }) => {
    const labels = new Set(values.flatMap(value => Object.keys(value.labels)));
    const isHistogram = labels.delete('le');
    const bounds = new Set(values.flatMap(({ labels }) => ('le' in labels ? [String(labels['le'])] : [])));
    const buckets = isHistogram ? `\n  buckets ${[...bounds].join(' ')}` : '';
    return `${name} ${type} {${[...labels].join(',')}}\n  ${help}${buckets}\n`;
  });
  return lines.join('');
}
