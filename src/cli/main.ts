import { writeFile } from 'node:fs/promises';
import { loadConfiguration } from '../config/load.ts';
import { nodeName } from '../config/node-name.ts';
import { toYaml } from '../config/format.ts';
import { ConfigurationError, formatProblem } from '../config/problem.ts';
import { createLogger } from '../telemetry/logger.ts';
import { errorStatus, parseArgs, type Invocation } from './args.ts';
import { cleanUp } from './commands/cleanup.ts';
import { diff } from './commands/diff.ts';
import { explain } from './commands/explain.ts';
import { initialise } from './commands/init.ts';
import { render } from './commands/render.ts';
import { run } from './commands/run.ts';
import { UsageError } from './program.ts';
import { shownFlags } from './shown-flags.ts';
import type { Surroundings } from './surroundings.ts';
import { KUBERNETES_VERSION, VERSION } from './version.ts';

/**
 * Does what the command line asks for.
 * @param argv without the program's name
 * @returns the exit status: 0, or 1 where something is wrong, which was told then; of diff see commands/diff.ts
 */
export async function main(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    return await dispatch(parseArgs(argv), surroundings);
  } catch (error) {
    surroundings.stderr.write(`${explanation(error)}\n`);
    return errorStatus(argv);
  }
}

async function dispatch(invocation: Invocation, surroundings: Surroundings): Promise<number> {
  const { stdout } = surroundings;
  switch (invocation.command) {
    case 'help':
      stdout.write(invocation.text);
      return 0;
    case 'version':
      stdout.write(`sluice ${VERSION} (behaves as kube-proxy of Kubernetes ${KUBERNETES_VERSION})\n`);
      return 0;
    default:
  }
  const { configuration, warnings } = await loadConfiguration(invocation.configFile, invocation.flags);
  const { format, verbosity, vmodule } = configuration.logging;
  const log = createLogger({ format: format === 'json' ? 'json' : 'text', verbosity, vmodule });
  const name = nodeName(configuration.hostnameOverride, surroundings.hostname);
  const master = invocation.master ?? '';
  switch (invocation.command) {
    case 'write-config':
      await writeFile(invocation.path, toYaml(configuration));
      return 0;
    case 'cleanup':
      return cleanUp(configuration, log.logger);
    case 'render':
      return render({ configuration, master, nodeName: name, invocation, log, surroundings });
    case 'diff':
      return diff({ configuration, master, nodeName: name, invocation, log, surroundings });
    case 'explain':
      return explain({ configuration, master, nodeName: name, invocation, log, surroundings });
    case 'run':
      for (const { field, message } of warnings) log.logger.warn({ field }, `configuration: ${message}`);
      await initialise(configuration, log.logger);
      if (invocation.initOnly) return 0;
      endOnSignals();
      return run({
        configuration,
        source: invocation,
        master,
        nodeName: name,
        flags: shownFlags(invocation.given),
        log,
      });
  }
}

/**
 * As kube-proxy: ends at once, and everything stays in the kernel for the next one. As the first process of a container it has to do so
 * itself: the kernel does not end that one by a signal that it has no handler for.
 */
function endOnSignals(): void {
  for (const [signal, number] of [
    ['SIGHUP', 1],
    ['SIGINT', 2],
    ['SIGTERM', 15],
  ] as const) {
    process.once(signal, () => process.exit(128 + number));
  }
}

/** What the operator is told; an error that nobody foresaw comes with its stack. */
function explanation(error: unknown): string {
  if (error instanceof ConfigurationError)
    return [
      'sluice: the configuration is not valid',
      ...error.problems.map(problem => `  ${formatProblem(problem)}`),
    ].join('\n');
  if (error instanceof UsageError) return `sluice: ${error.message} (see sluice --help)`;
  if (!(error instanceof Error)) return `sluice: ${String(error)}`;
  const isBug = error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;
  return isBug ? `sluice: ${error.stack ?? error.message}` : `sluice: ${messages(error).join(': ')}`;
}

const messages = (error: Error): string[] => [
  error.message,
  ...(error.cause instanceof Error && !error.message.includes(error.cause.message) ? messages(error.cause) : []),
];
