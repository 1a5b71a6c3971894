import type { Registry } from 'prom-client';

/**
 * The series of a registry as Prometheus would see them.
 * @param pattern which ones, by `name{labels}`; buckets of histograms are left out
 * @returns `name{labels}` -> value
 */
export async function seriesOf(registry: Registry, pattern: RegExp): Promise<Record<string, number>> {
  const lines = (await registry.metrics()).split('\n').filter(line => line && !line.startsWith('#'));
  const series = lines.map((line): [string, number] => {
    const space = line.lastIndexOf(' ');
    return [line.slice(0, space), Number(line.slice(space + 1))];
  });
  return Object.fromEntries(series.filter(([name]) => pattern.test(name) && !name.includes('_bucket{')));
}
