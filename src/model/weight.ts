/** IPVS takes more, but schedulers multiply. */
const MAX_WEIGHT = 65_535;

/** For messages: what a text is that is no weight. */
export const WEIGHT_IS = `is no weight, which is a whole number from 0 to ${MAX_WEIGHT}`;

/** Reads the weight of an endpoint in mode ipvs. @returns undefined for anything else */
export function parseWeight(text: string): number | undefined {
  const weight = /^\d{1,5}$/.test(text) ? Number(text) : undefined;
  return weight !== undefined && weight <= MAX_WEIGHT ? weight : undefined;
}
