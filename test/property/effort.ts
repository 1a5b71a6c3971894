/**
 * How many runs a property gets; all of them more with PROPERTY_EFFORT=10, to hunt overnight. In CI the seed is always the same, so that a
 * change is judged by what it does and not by chance; elsewhere it is a new one each time.
 */
export const runs = (count: number): { readonly numRuns: number; readonly seed?: number } => ({
  numRuns: count * Number(process.env['PROPERTY_EFFORT'] ?? 1),
  ...(process.env['CI'] && { seed: 20_261_121 }),
});
