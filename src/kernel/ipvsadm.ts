import { AcknowledgedLines, type Answer } from './acknowledged-lines.ts';
import { runCommand } from './command.ts';

const TIMEOUT_MS = 120_000;

export interface IpvsadmOptions {
  /** The program; looked up in PATH where it has no slash. */
  readonly path: string;
  /** Told why, whenever the program that takes commands had to be started anew. */
  readonly onRestart?: (reason: string) => void;
}

/** The ipvsadm program: the only way in which this project writes IPVS, and reads it where all options count. */
export class Ipvsadm {
  readonly path: string;
  readonly #lines: AcknowledgedLines;

  constructor({ path, onRestart = () => undefined }: IpvsadmOptions) {
    this.path = path;
    this.#lines = new AcknowledgedLines(
      {
        file: path,
        args: ['-R'],
        // A command with an option that there is none of is told of and never carried out.
        marker: number => `-Z --ack-${number}`,
        numberOf: answer => {
          const number = /^--ack-(\d+): unknown option$/.exec(answer)?.[1];
          return number === undefined ? undefined : Number(number);
        },
        timeoutMs: TIMEOUT_MS,
      },
      onRestart,
    );
  }

  /** @returns `1.31`. @throws CommandError where there is no ipvsadm */
  async version(): Promise<string> {
    const printed = await runCommand(this.path, ['--version'], { timeoutMs: TIMEOUT_MS });
    return /v(\d+(?:\.\d+)+)/.exec(printed)?.[1] ?? printed.trim();
  }

  /** Prints all virtual servers as lines of `ipvsadm -R`, with numbers; has the kernel load the module ip_vs. @throws CommandError */
  save(): Promise<string> {
    return runCommand(this.path, ['-Sn'], { timeoutMs: TIMEOUT_MS });
  }

  /** Prints what was counted for each virtual and real server, with numbers. @throws CommandError */
  statistics(): Promise<string> {
    return runCommand(this.path, ['-Ln', '--stats', '--exact'], { timeoutMs: TIMEOUT_MS });
  }

  /** Carries out commands: see {@link AcknowledgedLines.send}. @param lines without line breaks */
  execute(lines: readonly string[]): Promise<Answer[]> {
    return lines.length ? this.#lines.send(lines) : Promise.resolve([]);
  }

  close(): void {
    this.#lines.close();
  }
}
