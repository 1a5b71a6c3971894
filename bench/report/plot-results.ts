import { CHART_HEIGHT, CHART_WIDTH, lineChart } from './line-chart.ts';
import type { Chart, Series } from './line-chart.ts';
import type { Results, SizeResult } from './results.ts';

/** Charts go by the number of Services, so of the sizes only those with this many endpoints each are drawn. */
const ENDPOINTS_EACH = 5;
const X_LABEL = 'Services';

function groups<T>(
  items: readonly T[],
  nameOf: (item: T) => string,
  point: (item: T) => readonly [number, number],
): Series[] {
  const names = [...new Set(items.map(nameOf))];
  return names.map(name => ({ name, points: items.filter(item => nameOf(item) === name).map(point) }));
}

function chartsOf({ sizes, layouts, dataPath }: Results): readonly Chart[] {
  const drawn = sizes.filter(({ endpointsEach }) => endpointsEach === ENDPOINTS_EACH);
  const of = (name: string, y: (result: SizeResult) => number): Series => ({
    name,
    points: drawn.map(result => [result.services, y(result)]),
  });
  const layoutSeries = groups(
    layouts.filter(({ load, endpointsEach }) => load && endpointsEach === ENDPOINTS_EACH),
    ({ layout }) => `${layout}, nft alone`,
    ({ services, load }) => [services, load?.seconds ?? 0],
  );
  const changeSeries = groups(
    layouts.filter(({ change, endpointsEach }) => change && endpointsEach === ENDPOINTS_EACH),
    ({ layout }) => `${layout}, nft alone`,
    ({ services, change }) => [services, change?.p50Ms ?? 0],
  );
  return [
    {
      title: 'From start to programmed',
      xLabel: X_LABEL,
      yLabel: 'seconds',
      series: [
        of('proxy', r => r.load.seconds),
        of('its ruleset, nft alone', r => r.bare?.seconds ?? 0),
        ...layoutSeries,
      ],
    },
    {
      title: 'One endpoint changes, until packets follow',
      xLabel: X_LABEL,
      yLabel: 'milliseconds',
      series: [of('proxy, p50', r => r.change.p50Ms), of('proxy, p99', r => r.change.p99Ms), ...changeSeries],
    },
    {
      title: 'Memory',
      xLabel: X_LABEL,
      yLabel: 'MB',
      series: [
        of('after load, changes and idling', r => r.memory.residentBytes / 1e6),
        of('peak with nft', r => r.load.peak.together / 1e6),
      ],
    },
    {
      title: 'New TCP connections, one at a time',
      xLabel: X_LABEL,
      yLabel: 'median microseconds',
      series: groups(
        dataPath,
        ({ way }) => way,
        ({ services, p50Us }) => [services, p50Us],
      ),
    },
  ];
}

/** The picture of a benchmark: an SVG document. */
export function plotResults(results: Results): string {
  const [width, height] = [2 * CHART_WIDTH, 2 * CHART_HEIGHT];
  const placed = chartsOf(results).map(
    (chart, n) =>
      `<g transform="translate(${(n % 2) * CHART_WIDTH} ${Math.floor(n / 2) * CHART_HEIGHT})">${lineChart(chart)}</g>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    ...placed,
    '</svg>\n',
  ].join('\n');
}
