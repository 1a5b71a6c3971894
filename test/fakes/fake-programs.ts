import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** A folder with programs that stand for the real ones; it keeps how they were called, and what they read. `using` removes it. */
export class FakePrograms {
  readonly path = mkdtempSync(join(tmpdir(), 'sluice-programs-'));

  /** For the environment of whoever looks for these programs by name; others are found as ever. `path` alone would hide these. */
  get searchPath(): string {
    return [this.path, process.env['PATH']].join(delimiter);
  }

  /**
   * Makes a program.
   * @param script what it does, for sh; `$folder` is the folder of this object
   * @returns its path
   */
  add(name: string, script: string): string {
    const program = this.file(name);
    const lines = [
      '#!/bin/sh',
      'PATH=/usr/bin:/bin',
      `folder='${this.path}'`,
      `printf '%s\\n' "${name} $*" >>"$folder/calls"`,
      // As nft does, it opens /dev/stdin anew, which only works for a file.
      `case "$*" in *'/dev/stdin'*) cat /dev/stdin >>"$folder/input" || exit 99;; esac`,
      script,
    ];
    writeFileSync(program, `${lines.join('\n')}\n`, { mode: 0o755 });
    return program;
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Puts a file into the folder, for a program to print. */
  write(name: string, text: string): void {
    writeFileSync(this.file(name), text);
  }

  /** The content of a file in the folder; empty where there is none. */
  read(name: string): string {
    const file = this.file(name);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }

  /** `name arguments` of each call. */
  get calls(): readonly string[] {
    return this.read('calls').split('\n').slice(0, -1);
  }

  /** What all calls together have read from /dev/stdin. */
  get input(): string {
    return this.read('input');
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
