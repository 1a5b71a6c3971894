/** Lays a table out: the first column to the left, all others to the right. Returns lines. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map(row => (row[column] ?? '').length)));
  const line = (row: readonly string[]): string =>
    widths
      .map((width, n) => (n === 0 ? (row[n] ?? '').padEnd(width) : (row[n] ?? '').padStart(width)))
      .join('  ')
      .trimEnd();
  return [line(head), widths.map(width => '-'.repeat(width)).join('  '), ...rows.map(line)];
}

/** The same in Markdown. Returns lines. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  // An indented label belongs to the one above.
  const line = (cells: readonly string[]): string =>
    `| ${cells.map(cell => cell.replace(/^ +/, '… ').replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map((_, n) => (n ? '--:' : '---'))), ...rows.map(line)];
}

const NONE = '-';

/** Three digits at most: 0.123, 1.23, 12.3, 123; a dash for what was not measured. */
export function figure(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return NONE;
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** Megabytes of 10^6 bytes, whole. */
export const megabytes = (bytes: number | undefined): string => (bytes === undefined ? NONE : (bytes / 1e6).toFixed(0));

/** 30,000 */
export const thousands = (n: number): string => n.toLocaleString('en-US');
