import { describe, expect, test } from 'vitest';
import { quantile } from '../../../bench/measure/changes.ts';
import { addCost, NO_COST } from '../../../bench/process/measured-run.ts';
import { parseCpu } from '../../../bench/process/proc-stat.ts';
import { plotResults } from '../../../bench/report/plot-results.ts';
import { markdownResults, printResults } from '../../../bench/report/print-results.ts';
import type { Results, SizeResult } from '../../../bench/report/results.ts';
import { figure, table } from '../../../bench/report/table.ts';

test('quantiles are values that were measured', () => {
  const sorted = Array.from({ length: 200 }, (_, i) => i + 1);
  expect([0.5, 0.9, 0.99, 1].map(share => quantile(sorted, share))).toEqual([100, 180, 198, 200]);
  expect(quantile([7], 0.99)).toBe(7);
  expect(quantile([], 0.5)).toBeNaN();
});

test('CPU seconds are read behind the name of the program, whatever is in it', () => {
  const fields = [
    'S',
    ...Array.from({ length: 10 }, () => '0'),
    '150',
    '50',
    '30',
    '10',
    ...Array.from({ length: 5 }, () => '0'),
  ];
  expect(parseCpu(`42 (a) b (c) ${fields.join(' ')}`)).toEqual({ own: 2, children: 0.4, together: 2.4 });
  expect(parseCpu('')).toEqual({ own: 0, children: 0, together: 0 });
});

test('costs one after the other add up, but for memory', () => {
  const one = { seconds: 1, cpuSeconds: 0.5, peakBytes: 10 };
  const other = { seconds: 2, cpuSeconds: 0.25, peakBytes: 7 };
  expect(addCost(addCost(NO_COST, one), other)).toEqual({ seconds: 3, cpuSeconds: 0.75, peakBytes: 10 });
});

test('figures have three digits at most, and what was not measured is a dash', () => {
  expect([0.1234, 1.234, 12.34, 123.4, 1234.5, 1 / 0, Number.NaN, undefined].map(figure)).toEqual([
    '0.123',
    '1.23',
    '12.3',
    '123',
    '1235',
    '-',
    '-',
    '-',
  ]);
});

test('a table has its first column to the left, all others to the right', () => {
  expect(
    table(
      ['what', 'n'],
      [
        ['a', '1'],
        ['longer', '200'],
      ],
    ),
  ).toEqual(['what      n', '------  ---', 'a         1', 'longer  200']);
});

const peak = { own: 100e6, children: 30e6, together: 130e6 };
const size = (services: number, seconds: number): SizeResult => ({
  services,
  endpointsEach: 5,
  endpoints: services * 5,
  api: { bytes: 4.8e6, drainSeconds: 0.03 },
  load: { seconds, cpu: { own: 0.6, children: 0.2, together: 0.8 }, missedBySample: 0, afterwardsCpuSeconds: 0, peak },
  bare: { elements: services * 7, seconds: 0.1, cpuSeconds: 0.08, peakBytes: 20e6 },
  change: { changes: 200, p50Ms: 17.5, p90Ms: 20, p99Ms: 31, maxMs: 40, cpuMs: 12, childrenCpuMs: 4.5, seconds: 20 },
  burst: { services: 500, firstMs: 100, seconds: 0.31, cpuSeconds: 0.2 },
  idleShare: 0.001,
  memory: { residentBytes: 101e6, peak },
  restart: {
    commitsUnchanged: 0,
    objectsUnchanged: 0,
    seconds: 0.9,
    cpuSeconds: 0.8,
    peak,
    residentBytes: 105e6,
  },
  lagSeconds: { load: 0.012, changes: undefined },
});
const results: Results = {
  proxy: 'dist/sluice',
  mode: 'nftables',
  machine: {
    date: '2026-01-01T00:00:00.000Z',
    kernel: '6.1',
    cpu: 'x',
    cores: 2,
    memoryBytes: 1e9,
    nft: '1.1.3',
    node: 'v24.0.0',
    loadAverage: [0.1, 1.2],
  },
  repairs: [
    {
      services: 1000,
      endpointsEach: 5,
      cases: [{ name: '`flush ruleset`', p50Ms: 812.4, maxMs: 1040, cpuMs: 30 }],
    },
  ],
  sizes: [size(1000, 0.8), size(10_000, 2.1)],
  layouts: [
    {
      layout: 'older <layout>',
      services: 1000,
      endpointsEach: 5,
      load: { seconds: 1, cpuSeconds: 0.7, peakBytes: 40e6 },
      change: { p50Ms: 20, cpuMs: 15 },
    },
    { layout: 'older <layout>', services: 10_000, endpointsEach: 5, load: undefined, change: undefined },
  ],
  dataPath: [{ way: 'direct', services: 100, connectionsPerSecond: 9000, p50Us: 70, p99Us: 200, errors: 0 }],
  failures: ['5000 x 50: out of memory'],
};

describe('what is printed', () => {
  const lines = printResults(results).split('\n');
  const row = (label: string): string[] => (lines.find(line => line.startsWith(label)) ?? '').split(/ {2,}/).slice(-2);

  test('a column for each size', () => {
    expect(row('Services x endpoints')).toEqual(['1,000 x 5', '10,000 x 5']);
    expect(row('start to programmed: s')).toEqual(['0.800', '2.10']);
    expect(row('  p99: ms')).toEqual(['31.0', '31.0']);
    expect(row('  CPU of the whole proxy / CPU of bare nft')).toEqual(['10.0', '10.0']);
    expect(row('idle: % of a core')).toEqual(['0.100', '0.100']);
  });

  test('the layouts with the note that they are no programs, and a dash for what takes minutes', () => {
    expect(lines.find(line => line.startsWith('older <layout>') && line.includes('10,000'))).toMatch(/(- +){4}-$/);
    expect(lines.some(line => line.includes('not the programs'))).toBe(true);
  });

  test('connections, repairs, the machine, and what failed', () => {
    expect(lines.find(line => line.startsWith('direct'))).toMatch(/100 +9000 +70\.0 +200 +0$/);
    expect(lines.find(line => line.startsWith('`flush ruleset`'))).toMatch(/ 1,000 x 5 +812 +1040 +30.0$/);
    expect(lines[0]).toContain('2 cores, kernel 6.1, nft 1.1.3; load average 0.1 -> 1.2');
    expect(lines.at(-1)).toBe('FAILED: 5000 x 50: out of memory');
  });
});

test('in Markdown the same figures are cells', () => {
  const lines = markdownResults(results).split('\n');
  expect(lines).toContain('| Services x endpoints | 1,000 x 5 | 10,000 x 5 |');
  expect(lines).toContain('| --- | --: | --: |');
  expect(lines).toContain('| start to programmed: s | 0.800 | 2.10 |');
  expect(lines).toContain('| … p99: ms | 31.0 | 31.0 |');
  expect(lines).toContain('| `flush ruleset` | 1,000 x 5 | 812 | 1040 | 30.0 |');
  expect(lines).toContain('| direct | 100 | 9000 | 70.0 | 200 | 0 |');
  expect(lines).toContain('FAILED: 5000 x 50: out of memory');
});

describe('the picture', () => {
  const svg = plotResults(results);

  test('has a chart for each question, with its curves by name', () => {
    for (const title of ['From start to programmed', 'One endpoint changes', 'Memory', 'New TCP connections'])
      expect(svg).toContain(title);
    expect(svg).toContain('older &lt;layout&gt;, nft alone');
    expect(svg).not.toContain('NaN');
    expect(svg).not.toContain('Infinity');
  });

  test('goes up where a value does, and right with the number of Services', () => {
    const [, points = ''] = /<polyline points="([^"]+)" fill="none" stroke="#0072b2"/.exec(svg) ?? [];
    const [from = [], to = []] = points.split(' ').map(point => point.split(',').map(Number));
    expect(to[0]).toBeGreaterThan(from[0] ?? 0);
    expect(to[1]).toBeLessThan(from[1] ?? 0);
  });

  test('nothing measured is no chart, and no error', () => {
    expect(plotResults({ ...results, sizes: [], layouts: [], dataPath: [] })).not.toContain('polyline');
  });
});
