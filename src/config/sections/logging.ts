import * as z from 'zod';
import { formatDuration } from '../duration.ts';
import { duration, flag, textOr } from '../field-types.ts';
import { quote, type Report } from '../problem.ts';

const DEFAULT_FLUSH_FREQUENCY_MS = 5000;
const MAX_VERBOSITY = 2 ** 31 - 1;

const verbosity = z.uint32();
const quantity = z.union([z.string(), z.number()]).default('0').transform(String);
const outputRouting = z.strictObject({ splitStream: flag, infoBufferSize: quantity }).prefault({});

/** Logging as all Kubernetes components have it (component-base, logs/api/v1). */
export const loggingSchema = z
  .strictObject({
    format: textOr('text'),
    // A number is nanoseconds, for files older than the string.
    flushFrequency: z.union([duration, z.int().transform(nanoseconds => nanoseconds / 1e6)]).optional(),
    verbosity: verbosity.default(0),
    vmodule: z
      .array(z.strictObject({ filePattern: z.string().default(''), verbosity: verbosity.default(0) }))
      .default([]),
    options: z.strictObject({ text: outputRouting, json: outputRouting }).prefault({}),
  })
  .transform(({ flushFrequency, ...logging }) => ({
    ...logging,
    flushFrequencyMs: flushFrequency || DEFAULT_FLUSH_FREQUENCY_MS,
  }));

export type LoggingDraft = z.output<typeof loggingSchema>;
export type VmoduleItem = LoggingDraft['vmodule'][number];

/** The rules of component-base's logs/api/v1 Validate. */
export function checkLogging({ format, verbosity, vmodule }: Readonly<LoggingDraft>, report: Report): void {
  if (format !== 'text' && format !== 'json') report('logging.format', `${quote(format)} is not one of text, json`);
  if (verbosity > MAX_VERBOSITY) report('logging.verbosity', `must not be greater than ${MAX_VERBOSITY}`);
  if (vmodule.length > 0 && format === 'json') report('logging.vmodule', 'is only supported for format text');
  for (const [i, item] of vmodule.entries()) {
    const field = `logging.vmodule[${i}]`;
    if (item.filePattern === '') report(`${field}.filePattern`, 'must not be empty');
    if (/[=,]/.test(item.filePattern)) report(`${field}.filePattern`, 'must not contain an equal sign or a comma');
    if (item.verbosity > MAX_VERBOSITY) report(`${field}.verbosity`, `must not be greater than ${MAX_VERBOSITY}`);
  }
}

/** The section as v1alpha1 has it: empty parts are left out. */
export const formatLogging = ({ format, flushFrequencyMs, verbosity, vmodule, options }: DeepLogging) => ({
  format,
  flushFrequency: formatDuration(flushFrequencyMs),
  verbosity,
  ...(vmodule.length > 0 && { vmodule: vmodule.map(({ filePattern, verbosity }) => ({ filePattern, verbosity })) }),
  options: { text: formatRouting(options.text), json: formatRouting(options.json) },
});

type DeepLogging = Readonly<Omit<LoggingDraft, 'vmodule'>> & { readonly vmodule: readonly Readonly<VmoduleItem>[] };

const formatRouting = ({ splitStream, infoBufferSize }: Readonly<LoggingDraft['options']['json']>) => ({
  ...(splitStream && { splitStream }),
  infoBufferSize,
});
