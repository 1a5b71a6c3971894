// The names that sluice's exposition has, and those that a query uses.

import { Registry } from 'prom-client';
import { createProcessMetrics } from '../../src/telemetry/metrics/process.ts';
import { createAllMetrics, metricCases } from '../unit/telemetry/metrics/metric-cases.ts';

/** What Prometheus itself adds to each target. */
const OF_PROMETHEUS = ['up'];
const SUFFIXES = { histogram: ['_bucket', '_sum', '_count'], summary: ['', '_sum', '_count'] } as const;

/** The name of every series that sluice may show. */
export async function exposedNames(): Promise<ReadonlySet<string>> {
  const registry = new Registry();
  createProcessMetrics(registry, { version: '', revision: '' });
  const all = createAllMetrics(registry);
  for (const { act } of metricCases) act(all);
  const metrics = await registry.getMetricsAsJSON();
  const names = metrics.flatMap(({ name, type }) => {
    const kind = String(type);
    const suffixes = kind === 'histogram' || kind === 'summary' ? SUFFIXES[kind] : [''];
    return suffixes.map(suffix => `${name}${suffix}`);
  });
  return new Set([...names, ...OF_PROMETHEUS]);
}

/** Words of PromQL that stand where a metric could. */
const KEYWORDS = /^(?:by|without|on|ignoring|group_left|group_right|and|or|unless|bool|offset|inf|nan)$/i;

/** The metrics that a query of PromQL selects. */
export function namesIn(query: string): readonly string[] {
  const bare = query
    .replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""')
    .replaceAll(/\{[^}]*\}/g, ' ')
    .replaceAll(/\[[^\]]*\]/g, ' ')
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  const words = [...bare.matchAll(/(?<![\w:.])([a-zA-Z_:][\w:]*)(?!\s*\(|[\w:])/g)].map(([, word]) => String(word));
  return [...new Set(words.filter(word => !KEYWORDS.test(word)))];
}
