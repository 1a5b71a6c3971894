import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { ConfigurationError, formatProblem } from '../config/problem.ts';
import type { Resolved } from '../config/resolve.ts';
import { changesBetween } from '../config/run-time.ts';
import type { Configuration } from '../config/schema.ts';
import type { ConfigurationMetrics } from '../telemetry/metrics/configuration.ts';
import type { ReadinessCheck } from '../telemetry/readiness.ts';

/** The file asks for what cannot change at run time: sluice has to be started anew, by whoever started it. */
export class RestartNeeded extends Error {
  constructor(fields: readonly string[]) {
    super(
      `the configuration file changed in what takes effect at a start only (${fields.join(', ')}); the rules stay until then`,
    );
    this.name = 'RestartNeeded';
  }
}

export interface ConfigReloadOptions {
  /** In force. */
  readonly configuration: Configuration;
  /** Reads the text of the file. @throws Error where there is none */
  readonly read: () => Promise<string>;
  /** Makes a configuration of the text. @throws ConfigurationError */
  readonly resolve: (text: string) => Resolved;
  /** What no file alone can tell. @throws Error where this configuration could not be run */
  readonly check: (configuration: Configuration) => void;
  /** Puts in force what may change at run time. */
  readonly apply: (configuration: Configuration, fields: readonly string[]) => void;
  readonly onRestartNeeded: (error: RestartNeeded) => void;
  readonly metrics: ConfigurationMetrics;
  readonly logger: Logger;
}

/** For so long a file has to stay the same before it is judged. */
const SETTLE_MS = 500;
/** So much longer, where it would end the process: who writes it may not be done. */
const CONFIRM_MS = 2000;

/**
 * What follows from a configuration file that may have changed. It is read and judged first; a file that is not valid, or half written,
 * changes nothing.
 */
export class ConfigReload {
  readonly #options: ConfigReloadOptions;
  #configuration: Configuration;
  /** What was judged last; undefined: nothing yet. */
  #judged: string | undefined;
  #problem: string | undefined;
  #isRunning = false;
  #isAsked = false;

  constructor(options: ConfigReloadOptions) {
    this.#options = options;
    this.#configuration = options.configuration;
  }

  get configuration(): Configuration {
    return this.#configuration;
  }

  get readinessCheck(): ReadinessCheck {
    return { name: 'configuration-valid', problem: () => this.#problem };
  }

  /** The file may have changed. Several calls at a time are one. Never rejects. */
  async fileChanged(): Promise<void> {
    this.#isAsked = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#isAsked) {
      this.#isAsked = false;
      const content = await this.#settled(SETTLE_MS);
      await this.#judge(content).catch((error: unknown) => this.#refuse(error));
    }
    this.#isRunning = false;
  }

  /** Reads the file until it stays the same. @returns its text, or why there is none */
  async #settled(forMs: number): Promise<FileContent> {
    let content = await this.#read();
    for (;;) {
      await sleep(forMs);
      const next = await this.#read();
      if (keyOf(next) === keyOf(content)) return next;
      content = next;
    }
  }

  async #read(): Promise<FileContent> {
    try {
      return { text: await this.#options.read() };
    } catch (error) {
      return { error };
    }
  }

  async #judge(content: FileContent): Promise<void> {
    const { metrics, logger, apply, onRestartNeeded } = this.#options;
    if (keyOf(content) === this.#judged) return;
    let resolved: Resolved;
    try {
      if (content.text === undefined) throw content.error;
      resolved = this.#options.resolve(content.text);
      this.#options.check(resolved.configuration);
    } catch (error) {
      this.#judged = keyOf(content);
      this.#refuse(error);
      return;
    }
    const { configuration, warnings } = resolved;
    const { live, restart, none } = changesBetween(this.#configuration, configuration);
    if (restart.length && keyOf(await this.#settled(CONFIRM_MS)) !== keyOf(content)) {
      this.#isAsked = true;
      return;
    }
    const isAsLoaded = this.#judged === undefined && !live.length && !restart.length;
    this.#judged = keyOf(content);
    if (isAsLoaded) return;
    this.#problem = undefined;
    metrics.setValid(true);
    for (const { field, message } of warnings) logger.warn({ field }, `configuration: ${message}`);
    if (restart.length) {
      logger.error(
        { fields: restart },
        'the configuration file changed in what takes effect at a start only: sluice ends',
      );
      onRestartNeeded(new RestartNeeded(restart));
      return;
    }
    this.#configuration = configuration;
    metrics.countReload(live.length ? 'applied' : 'unchanged');
    if (live.length) apply(configuration, live);
    if (live.length) logger.info({ fields: live }, 'the configuration file changed; its settings are in force');
    else logger.info({ fields: none }, 'the configuration file changed, but nothing that has an effect');
  }

  #refuse(error: unknown): void {
    const { metrics, logger } = this.#options;
    this.#problem = 'the configuration file is not valid; the settings of before are in force';
    metrics.setValid(false);
    metrics.countReload('invalid');
    const problems = error instanceof ConfigurationError ? error.problems.map(formatProblem) : undefined;
    logger.error(
      problems ? { problems } : { err: error },
      'the configuration file changed and is not valid; the settings of before stay in force',
    );
  }
}

interface FileContent {
  readonly text?: string;
  readonly error?: unknown;
}

const keyOf = ({ text, error }: FileContent): string =>
  text === undefined ? `none: ${error instanceof Error ? error.message : String(error)}` : `text: ${text}`;
