const NANOSECONDS = new Map<string, bigint>([
  ['ns', 1n],
  ['us', 1_000n],
  // The micro sign and the Greek letter: Go takes both.
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

const TERM = /(\d*)(?:\.(\d*))?([^\d.]+)/y;
const MAX_NANOSECONDS = 2n ** 63n - 1n;

/**
 * Reads a duration as Go's `time.ParseDuration` does: `1h30m`, `1.5s`, `-100ms`, `0`.
 * @returns milliseconds, with fractions down to the nanosecond; undefined where the text is no duration
 */
export function parseDuration(text: string): number | undefined {
  const isNegative = text.startsWith('-');
  const body = /^[-+]/.test(text) ? text.slice(1) : text;
  // The only duration without a unit.
  if (body === '0') return 0;
  const nanoseconds = sumOfTerms(body);
  if (nanoseconds === undefined) return undefined;
  const ms = Number(nanoseconds / 1_000_000n) + Number(nanoseconds % 1_000_000n) / 1e6;
  return isNegative && ms !== 0 ? -ms : ms;
}

function sumOfTerms(body: string): bigint | undefined {
  if (body === '') return undefined;
  let sum = 0n;
  for (TERM.lastIndex = 0; TERM.lastIndex < body.length;) {
    const [, whole = '', fraction = '', unitName = ''] = TERM.exec(body) ?? [];
    const unit = NANOSECONDS.get(unitName);
    if (unit === undefined || whole + fraction === '') return undefined;
    sum += BigInt(whole) * unit + (BigInt(fraction) * unit) / 10n ** BigInt(fraction.length);
    if (sum > MAX_NANOSECONDS) return undefined;
  }
  return sum;
}

/**
 * Writes a duration as Go's `time.Duration.String` does: `24h0m0s`, `1.5s`, `100ms`, `0s`.
 * @param ms milliseconds; parts below a nanosecond are rounded
 */
export function formatDuration(ms: number): string {
  if (ms < 0) return `-${formatDuration(-ms)}`;
  const wholeSeconds = Math.floor(ms / 1000);
  const nanoseconds = Math.round((ms - wholeSeconds * 1000) * 1e6);
  if (nanoseconds === 1e9) return formatDuration((wholeSeconds + 1) * 1000);
  if (wholeSeconds === 0) return formatBelowSecond(nanoseconds);
  const seconds = decimal(wholeSeconds % 60, nanoseconds, 9);
  const minutes = Math.floor(wholeSeconds / 60);
  if (minutes === 0) return `${seconds}s`;
  return minutes < 60 ? `${minutes}m${seconds}s` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}s`;
}

function formatBelowSecond(nanoseconds: number): string {
  if (nanoseconds === 0) return '0s';
  if (nanoseconds < 1e3) return `${nanoseconds}ns`;
  const [scale, digits, unit] = nanoseconds < 1e6 ? ([1e3, 3, '\u00b5s'] as const) : ([1e6, 6, 'ms'] as const);
  return decimal(Math.floor(nanoseconds / scale), nanoseconds % scale, digits) + unit;
}

function decimal(whole: number, fraction: number, digits: number): string {
  if (fraction === 0) return `${whole}`;
  return `${whole}.${String(fraction).padStart(digits, '0').replace(/0+$/, '')}`;
}
