import { basename } from 'node:path';
import { figure, markdownTable, megabytes, table, thousands } from './table.ts';
import type { DataPathResult, LayoutResult, RepairResult, Results, SizeResult } from './results.ts';

type Row = readonly [label: string, cell: (result: SizeResult) => string];

const ROWS: readonly Row[] = [
  ['endpoints', r => thousands(r.endpoints)],
  ['API server: MB of objects', r => megabytes(r.api.bytes)],
  ['API server: s for a client that drops all', r => figure(r.api.drainSeconds)],
  ['start to programmed: s', r => figure(r.load.seconds)],
  ['  CPU of the proxy: s', r => figure(r.load.cpu.own)],
  ['  CPU of what it starts: s', r => figure(r.load.cpu.children)],
  ['  CPU after that: s', r => figure(r.load.afterwardsCpuSeconds)],
  ['  peak memory of the proxy: MB', r => megabytes(r.load.peak.own)],
  ['  peak memory of what it starts: MB', r => megabytes(r.load.peak.children)],
  ['  peak memory together: MB', r => megabytes(r.load.peak.together)],
  ['  longest stall of the event loop: s', r => figure(r.lagSeconds.load)],
  ['bare nft load of the same: elements', r => (r.bare ? thousands(r.bare.elements) : '-')],
  ['  s', r => figure(r.bare?.seconds)],
  ['  CPU: s', r => figure(r.bare?.cpuSeconds)],
  ['  peak memory: MB', r => megabytes(r.bare?.peakBytes)],
  ['  CPU of the whole proxy / CPU of bare nft', r => figure(r.bare && r.load.cpu.together / r.bare.cpuSeconds)],
  ['one endpoint changes, event to packets: p50 ms', r => figure(r.change.p50Ms)],
  ['  p99: ms', r => figure(r.change.p99Ms)],
  ['  CPU of the proxy: ms', r => figure(r.change.cpuMs - r.change.childrenCpuMs)],
  ['  CPU of what it starts: ms', r => figure(r.change.childrenCpuMs)],
  ['many Services change at once: Services', r => thousands(r.burst.services)],
  ['  until the last is in effect: s', r => figure(r.burst.seconds)],
  ['  CPU: s', r => figure(r.burst.cpuSeconds)],
  ['idle: % of a core', r => figure(100 * r.idleShare)],
  ['memory after all that: MB', r => megabytes(r.memory.residentBytes)],
  ['restart, nothing changed: commits', r => String(r.restart.commitsUnchanged)],
  ['  objects written', r => String(r.restart.objectsUnchanged)],
  ['restart until a change is in effect: s', r => figure(r.restart.seconds)],
  ['  CPU: s', r => figure(r.restart.cpuSeconds)],
  ['  peak memory together: MB', r => megabytes(r.restart.peak.together)],
  ['  memory after it: MB', r => megabytes(r.restart.residentBytes)],
];

const sizeName = ({ services, endpointsEach }: { services: number; endpointsEach: number }): string =>
  `${thousands(services)} x ${endpointsEach}`;

/** The tables for a terminal. */
export const printResults = (results: Results): string =>
  [machineLine(results), '', ...tables(results, table), ...failureLines(results)].join('\n');

/** The same in Markdown, for docs/performance.md. */
export const markdownResults = (results: Results): string =>
  [machineLine(results), '', ...tables(results, markdownTable), ...failureLines(results), ''].join('\n');

const machineLine = ({ proxy, mode, machine }: Results): string =>
  `${basename(proxy)} (${mode}); ${machine.cores} cores, kernel ${machine.kernel}, nft ${machine.nft}; load average ${machine.loadAverage.map(load => load.toFixed(1)).join(' -> ')}`;

const failureLines = ({ failures }: Results): string[] => failures.map(failure => `FAILED: ${failure}`);

function tables({ sizes, layouts, dataPath, repairs }: Results, print: typeof table): string[] {
  const lines: string[] = [];
  if (sizes.length) lines.push(...print(['Services x endpoints', ...sizes.map(sizeName)], sizeRows(sizes)), '');
  if (layouts.length)
    lines.push(...print(LAYOUT_HEAD, [...bareRows(sizes), ...layouts.map(layoutRow)]), '', LAYOUT_NOTE, '');
  if (repairs.length) lines.push(...print(REPAIR_HEAD, repairs.flatMap(repairRows)), '');
  if (dataPath.length) lines.push(...print(DATA_PATH_HEAD, dataPath.map(dataPathRow)), '');
  return lines;
}

const sizeRows = (sizes: readonly SizeResult[]): string[][] => ROWS.map(([label, cell]) => [label, ...sizes.map(cell)]);

const LAYOUT_HEAD = ['loaded by nft alone', 'Services x endpoints', 's', 'CPU s', 'peak MB', 'a change ms', 'CPU ms'];
const LAYOUT_NOTE =
  '(layouts, written from a description: not the programs, which add their own cost; - : takes minutes)';

const bareRows = (sizes: readonly SizeResult[]): string[][] =>
  sizes.flatMap(size => (size.bare ? [['this proxy', sizeName(size), ...costCells(size.bare), '-', '-']] : []));

const costCells = (cost: LayoutResult['load']): string[] => [
  figure(cost?.seconds),
  figure(cost?.cpuSeconds),
  megabytes(cost?.peakBytes),
];

const layoutRow = (result: LayoutResult): string[] => [
  result.layout,
  sizeName(result),
  ...costCells(result.load),
  figure(result.change?.p50Ms),
  figure(result.change?.cpuMs),
];

const REPAIR_HEAD = [
  'another program changes the table',
  'Services x endpoints',
  'repaired: p50 ms',
  'max ms',
  'CPU ms',
];

const repairRows = (result: RepairResult): string[][] =>
  result.cases.map(({ name, p50Ms, maxMs, cpuMs }) => [
    name,
    sizeName(result),
    figure(p50Ms),
    figure(maxMs),
    figure(cpuMs),
  ]);

const DATA_PATH_HEAD = ['new TCP connections', 'Services', 'a second', 'p50 us', 'p99 us', 'errors'];

const dataPathRow = (result: DataPathResult): string[] => [
  result.way,
  thousands(result.services),
  figure(result.connectionsPerSecond),
  figure(result.p50Us),
  figure(result.p99Us),
  String(result.errors),
];
