import { applyModeDefaults, toConfiguration } from './complete.ts';
import { decodeConfiguration, defaultDraft, type Decoded } from './decode.ts';
import type { ConfigurationFlag } from './flag-definition.ts';
import type { FlagTexts } from './flag-values.ts';
import { CONFIGURATION_FLAGS } from './flags.ts';
import { withDefaultPort } from './host-port.ts';
import { ConfigurationError, type FieldProblem } from './problem.ts';
import { HEALTHZ_PORT, METRICS_PORT, type Configuration, type Draft } from './schema.ts';
import { validate } from './validate.ts';

export interface Resolved {
  readonly configuration: Configuration;
  /** To be logged; nothing of it keeps sluice from working. */
  readonly warnings: readonly FieldProblem[];
}

/**
 * Makes the configuration in effect, with kube-proxy's precedence (cmd/kube-proxy/app/options.go): a file takes the place
 * of all flags, even of wrong ones, but for the host name and logging.
 * @param flags whose texts are right in themselves (parseFlag)
 * @param file text of the configuration file; undefined where there is none
 * @throws ConfigurationError with all that is wrong, named by flag where a flag has set it
 */
export function resolveConfiguration(flags: FlagTexts, file: string | undefined): Resolved {
  const given = CONFIGURATION_FLAGS.filter(({ name }) => flags.has(name));
  const used = file === undefined ? given : given.filter(({ winsOverFile }) => winsOverFile);
  const { draft, problems, warnings }: Decoded =
    file === undefined ? { draft: defaultDraft(), problems: [], warnings: [] } : decodeConfiguration(file);
  applyFlags(draft, used, flags);

  const found: FieldProblem[] = [...warnings, ...aboutFlags(given, used)];
  applyModeDefaults(draft, (field, message) => found.push({ field: flagFor(field, used), message }));
  const wrong = validate(draft).map(({ field, message }) => ({ field: flagFor(field, used), message }));
  if (problems.length + wrong.length > 0) throw new ConfigurationError([...problems, ...wrong]);
  return { configuration: toConfiguration(draft), warnings: found };
}

function applyFlags(draft: Draft, used: readonly ConfigurationFlag[], flags: FlagTexts): void {
  for (const { name, apply } of used) apply(draft, flags.get(name) ?? []);
  if (draft.healthzBindAddress !== undefined) {
    draft.healthzBindAddress = withDefaultPort(draft.healthzBindAddress, HEALTHZ_PORT);
  }
  draft.metricsBindAddress = withDefaultPort(draft.metricsBindAddress, METRICS_PORT);
}

function aboutFlags(given: readonly ConfigurationFlag[], used: readonly ConfigurationFlag[]): readonly FieldProblem[] {
  return given.flatMap(flag => {
    const message = used.includes(flag) ? flag.deprecation : 'is ignored: with --config the file counts';
    return message === undefined ? [] : [{ field: `--${flag.name}`, message }];
  });
}

/** What the operator would have to change: the last flag that has set the field, else the field. */
function flagFor(field: string, used: readonly ConfigurationFlag[]): string {
  const flag = used.findLast(({ fields }) =>
    fields.some(own => field === own || field.startsWith(`${own}.`) || field.startsWith(`${own}[`)),
  );
  return flag ? `--${flag.name}` : field;
}
