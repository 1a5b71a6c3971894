import * as z from 'zod';
import { parseDuration } from './duration.ts';
import { quote, type Report } from './problem.ts';

/** A Go duration string; inside it is milliseconds. */
export const duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  context.issues.push({ code: 'custom', input: text, message: notADuration(text) });
  return z.NEVER;
});

export const notADuration = (text: string): string => `${quote(text)} is no duration, as "1h30m", "15s" or "100ms" are`;

/** kube-proxy cannot tell zero from unset in these fields and puts the default in for both. */
export const durationOr = (defaultMs: number) => duration.optional().transform(ms => ms || defaultMs);

/** As {@link durationOr}, but stays undefined, to tell what was set from what was not. */
export const durationIfSet = duration.optional().transform(ms => ms || undefined);

export const text = z.string().default('');

/** As {@link durationOr} for texts. */
export const textOr = (fallback: string) =>
  z
    .string()
    .optional()
    .transform(value => value || fallback);

export const flag = z.boolean().default(false);

export const int32 = z.int32();

/** Reports a number outside of its bounds. */
export function checkRange(report: Report, field: string, value: number, [low, high]: readonly [number, number]): void {
  if (value < low || value > high) report(field, `${value} is not within the range [${low}, ${high}]`);
}

/** Reports a number, or a duration in milliseconds, below 0. */
export function checkNotNegative(report: Report, field: string, value: number): void {
  if (value < 0) report(field, 'must not be negative');
}

export const MASQUERADE_BITS = [0, 31] as const;
export const DEFAULT_MASQUERADE_BIT = 14;
export const DEFAULT_SYNC_PERIOD_MS = 30_000;
export const DEFAULT_MIN_SYNC_PERIOD_MS = 1000;
