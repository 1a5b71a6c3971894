/** Seeds of one run: others each time, or from FAULT_SEED on, which the title of a failed test tells. */
export function seeds(count: number): readonly number[] {
  const first = Number(process.env['FAULT_SEED'] ?? Date.now() % 1_000_000);
  return Array.from({ length: count }, (_, i) => first + i);
}
