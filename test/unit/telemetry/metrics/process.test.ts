import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createProcessMetrics } from '../../../../src/telemetry/metrics/process.ts';

const build = { version: '1.2.3', revision: 'abc' };
const kubernetes = {
  major: '1',
  minor: '36',
  gitVersion: 'v1.36.2',
  gitCommit: 'c',
  buildDate: '2026-01-01T00:00:00Z',
};

describe('createProcessMetrics', () => {
  it('shows the process, Node and the build', async () => {
    const registry = new Registry();
    createProcessMetrics(registry, build);
    const text = await registry.metrics();
    expect(text).toMatch(/^process_resident_memory_bytes \d{7,}$/m);
    expect(text).toMatch(/^process_cpu_seconds_total \d/m);
    expect(text).toMatch(/^nodejs_heap_size_used_bytes \d{6,}$/m);
    expect(text).toContain(`sluice_build_info{version="1.2.3",revision="abc",node_version="${process.version}"} 1`);
    expect(text).not.toContain('kubernetes_build_info{');
  });

  it('shows one Kubernetes build, the last one set', async () => {
    const registry = new Registry();
    const metrics = createProcessMetrics(registry, build);
    metrics.setKubernetesBuild({ ...kubernetes, gitVersion: 'v1.35.0' });
    metrics.setKubernetesBuild(kubernetes);
    const series = (await registry.metrics()).split('\n').filter(line => line.startsWith('kubernetes_build_info{'));
    const platform = `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`;
    expect(series).toEqual([
      'kubernetes_build_info{build_date="2026-01-01T00:00:00Z",compiler="",git_commit="c",git_tree_state="",' +
        `git_version="v1.36.2",go_version="",major="1",minor="36",platform="${platform}"} 1`,
    ]);
  });

  it('shows each statistic of the event loop once', async () => {
    const registry = new Registry();
    createProcessMetrics(registry, build);
    const names = registry.getMetricsAsArray().map(({ name }) => name);
    expect(names.filter(name => name.startsWith('nodejs_eventloop')).toSorted()).toEqual([
      'nodejs_eventloop_lag_max_seconds',
      'nodejs_eventloop_lag_mean_seconds',
      'nodejs_eventloop_lag_min_seconds',
      'nodejs_eventloop_lag_p50_seconds',
      'nodejs_eventloop_lag_p90_seconds',
      'nodejs_eventloop_lag_p99_seconds',
      'nodejs_eventloop_lag_seconds',
    ]);
  });
});
