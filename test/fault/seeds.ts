/**
 * Seeds of one run: from FAULT_SEED on, which the title of a failed test tells, and FAULT_EFFORT times as many, to hunt. In CI they are
 * always the same, so that a change is judged by what it does and not by chance; elsewhere others each time.
 */
export function seeds(count: number): readonly number[] {
  const first = Number(process.env['FAULT_SEED'] ?? (process.env['CI'] ? 1 : Date.now() % 1_000_000));
  return Array.from({ length: count * Number(process.env['FAULT_EFFORT'] ?? 1) }, (_, i) => first + i);
}
