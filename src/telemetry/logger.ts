import { destination, pino } from 'pino';
import type { Logger } from 'pino';
import { formatLogLine } from './log-line.ts';

export type LogFormat = 'text' | 'json';

/** One `pattern=N` of klog's --vmodule; `*` and `?` are wildcards. Components stand where klog has source files. */
export interface ModuleVerbosity {
  readonly filePattern: string;
  readonly verbosity: number;
}

export interface LoggerOptions {
  readonly format: LogFormat;
  /** klog's -v: 4 and more show debug lines, 6 and more trace lines. */
  readonly verbosity: number;
  /** Verbosities of single components; the first that matches counts. */
  readonly vmodule?: readonly ModuleVerbosity[];
  /** Takes each line instead of standard error. */
  readonly write?: (line: string) => void;
}

export interface LogControl {
  /** Make a child with `{ component }` for each part of the program. */
  readonly logger: Logger;
  /** Changes the verbosity of the logger and of all its children, but for what vmodule sets. */
  setVerbosity(verbosity: number): void;
  /** Changes what vmodule sets. */
  setModules(vmodule: readonly ModuleVerbosity[]): void;
}

/** The verbosity under which Kubernetes would log a line of that level. */
const VERBOSITIES: Readonly<Record<string, number>> = { info: 0, debug: 4, trace: 6 };

/**
 * Makes the logger. It writes to standard error, as kube-proxy does, line by line and at once, so that nothing is lost
 * when the process dies. JSON lines have the fields of Kubernetes's own JSON format: `ts` (milliseconds since 1970),
 * `msg`, `v` (not for errors and warnings) and `err`; an error is its message and those of its causes, with verbosity 4
 * its stack.
 */
export function createLogger({ format, verbosity, vmodule = [], write }: LoggerOptions): LogControl {
  // Formatting happens here and not in a pino transport: a transport is a worker thread that loads a file of its own,
  // and the program is bundled into one.
  const sink = write ? { write } : destination({ dest: 2, sync: true });
  const toText = { write: (line: string) => void sink.write(formatLogLine(line, process.pid)) };
  let modules = patternsOf(vmodule);
  const children = new LoggerSet();
  let current = verbosity;

  const levelOf = (instance: Logger): string => {
    const component: unknown = instance.bindings()['component'];
    const module = modules.find(({ pattern }) => typeof component === 'string' && pattern.test(component));
    return levelFor(module?.verbosity ?? current);
  };
  const logger: Logger = pino(
    {
      base: null,
      level: levelFor(verbosity),
      timestamp: () => `,"ts":${Date.now()}`,
      formatters: { level: label => ({ level: label, ...(label in VERBOSITIES && { v: VERBOSITIES[label] }) }) },
      serializers: { err: (error: unknown) => describeError(error, logger.isLevelEnabled('debug')) },
      onChild: child => {
        child.level = levelOf(child);
        children.add(child);
      },
    },
    format === 'text' ? toText : sink,
  );
  const setLevels = (): void => {
    logger.level = levelOf(logger);
    children.forEach(child => {
      child.level = levelOf(child);
    });
  };
  return {
    logger,
    setVerbosity: to => {
      current = to;
      setLevels();
    },
    setModules: to => {
      modules = patternsOf(to);
      setLevels();
    },
  };
}

const patternsOf = (vmodule: readonly ModuleVerbosity[]) =>
  vmodule.map(({ filePattern, verbosity }) => ({ pattern: wildcard(filePattern), verbosity }));

const levelFor = (verbosity: number): string => (verbosity >= 6 ? 'trace' : verbosity >= 4 ? 'debug' : 'info');

function wildcard(pattern: string): RegExp {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`);
}

function describeError(error: unknown, withStack: boolean): string {
  if (!(error instanceof Error)) return String(error);
  const own = (withStack ? error.stack : undefined) ?? error.message;
  return error.cause === undefined ? own : `${own}: ${describeError(error.cause, withStack)}`;
}

/** Loggers that are in use somewhere: a child of pino keeps the level it was made with, so each has to be told. */
class LoggerSet {
  readonly #references = new Set<WeakRef<Logger>>();
  readonly #forget = new FinalizationRegistry<WeakRef<Logger>>(reference => void this.#references.delete(reference));

  add(logger: Logger): void {
    const reference = new WeakRef(logger);
    this.#references.add(reference);
    this.#forget.register(logger, reference);
  }

  forEach(visit: (logger: Logger) => void): void {
    for (const reference of this.#references) {
      const logger = reference.deref();
      if (logger) visit(logger);
    }
  }
}
