import { randomUUID } from 'node:crypto';
import { closeSync, constants, ftruncateSync, mkdirSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A file without a name, for the standard input of programs that open /dev/stdin, which a pipe from Node cannot give them. Nothing is left
 * on disk, whenever the process ends.
 */
export class ScratchFile {
  /** Where it was made, and where other files can be. */
  readonly directory: string;
  readonly #file: number;

  /** @param directory the system's temporary one serves where it cannot be written. @throws Error where neither can */
  constructor(directory: string) {
    [this.directory, this.#file] = openUnnamed(directory);
  }

  /** Makes this text the content. @returns a descriptor that reads it from its beginning, for one process; to be closed by the caller */
  write(text: string): number {
    ftruncateSync(this.#file, 0);
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length;) done += writeSync(this.#file, bytes, done, bytes.length - done, done);
    // Some programs read the descriptor they got, others open it anew: with one of its own for each, all start at the beginning.
    return openSync(`/proc/self/fd/${this.#file}`, 'r');
  }

  close(): void {
    closeSync(this.#file);
  }
}

function openUnnamed(wanted: string): [string, number] {
  let reason: unknown;
  for (const directory of [wanted, tmpdir()]) {
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      // A name that nobody can have guessed, and never one that is there: a directory may be open to others.
      const path = join(directory, `scratch-${randomUUID()}`);
      const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
      const file = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
      unlinkSync(path);
      return [directory, file];
    } catch (error) {
      reason ??= error;
    }
  }
  throw new Error(`no directory for scratch files: neither ${wanted} nor ${tmpdir()} can be written`, {
    cause: reason,
  });
}
