import { pino, type Logger } from 'pino';

/** A log that is kept. */
export interface KeptLog {
  readonly logger: Logger;
  /** What was logged, with its level and fields, without times. */
  readonly records: readonly Readonly<Record<string, unknown>>[];
  /** `warn: message` of each line. */
  readonly lines: readonly string[];
}

/** @param level the lowest that is kept */
export function keptLog(level = 'debug'): KeptLog {
  const records: Record<string, unknown>[] = [];
  const logger = pino(
    {
      base: null,
      timestamp: false,
      level,
      formatters: { level: label => ({ level: label }) },
      serializers: { err: (error: unknown) => (error instanceof Error ? error.message : String(error)) },
    },
    { write: (line: string) => void records.push(JSON.parse(line) as Record<string, unknown>) },
  );
  return {
    logger,
    records,
    get lines() {
      return records.map(({ level, msg }) => `${String(level)}: ${String(msg)}`);
    },
  };
}
