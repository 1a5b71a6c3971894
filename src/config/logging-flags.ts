import { flagsOf, type ConfigurationFlag } from './flag-definition.ts';

const logging = flagsOf('Logging');

/** Flags about logging, which win over the file. */
export const LOGGING_FLAGS: readonly ConfigurationFlag[] = [
  logging(
    'verbosity',
    'v',
    'logging.verbosity',
    'how much to log (default 0)',
    (draft, level) => {
      draft.logging.verbosity = level;
    },
    { short: 'v', winsOverFile: true },
  ),
  logging(
    'vmodule',
    'vmodule',
    'logging.vmodule',
    'how much to log of single modules: pattern=N, comma separated; goes before those of the file',
    (draft, items) => {
      draft.logging.vmodule = [...items, ...draft.logging.vmodule];
    },
    { winsOverFile: true },
  ),
  logging(
    'string',
    'logging-format',
    'logging.format',
    'text (default) or json',
    (draft, format) => {
      draft.logging.format = format;
    },
    { winsOverFile: true },
  ),
  logging(
    'duration',
    'log-flush-frequency',
    'logging.flushFrequency',
    'has no effect: nothing is held back (default 5s)',
    (draft, ms) => {
      draft.logging.flushFrequencyMs = ms;
    },
    { winsOverFile: true },
  ),
  ...(['json', 'text'] as const).flatMap(format => [
    logging(
      'boolean',
      `log-${format}-split-stream`,
      `logging.options.${format}.splitStream`,
      'has no effect',
      (draft, on) => {
        draft.logging.options[format].splitStream = on;
      },
      { winsOverFile: true },
    ),
    logging(
      'string',
      `log-${format}-info-buffer-size`,
      `logging.options.${format}.infoBufferSize`,
      'has no effect',
      (draft, size) => {
        draft.logging.options[format].infoBufferSize = size;
      },
      { winsOverFile: true },
    ),
  ]),
];
