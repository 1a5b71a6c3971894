/** How many runs a property gets; all of them more with PROPERTY_EFFORT=10, to hunt overnight. */
export const runs = (count: number): { readonly numRuns: number } => ({
  numRuns: count * Number(process.env['PROPERTY_EFFORT'] ?? 1),
});
