import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestNamespace } from '../support/netns.ts';

/**
 * Has this process find programs that run in a namespace, by their own names, and no others: a program that is not
 * named is not there for it.
 */
export class LegacyPrograms {
  readonly #path = process.env['PATH'];

  constructor(namespace: TestNamespace, names: readonly string[]) {
    const ip = this.#locate('ip');
    for (const name of names) this.add(namespace, name, `${ip} netns exec ${namespace.name} ${this.#locate(name)}`);
    process.env['PATH'] = namespace.directory;
  }

  #locate(name: string): string {
    return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim();
  }

  /** Adds a program that runs a command with its own arguments. */
  add(namespace: TestNamespace, name: string, command: string): void {
    const script = `#!/bin/sh\nPATH=${this.#path}\nexec ${command} "$@"\n`;
    writeFileSync(join(namespace.directory, name), script, { mode: 0o755 });
  }

  /** Runs what needs all programs of this machine. */
  outside<T>(work: () => T): T {
    const inside = process.env['PATH'];
    process.env['PATH'] = this.#path;
    try {
      return work();
    } finally {
      process.env['PATH'] = inside;
    }
  }

  restore(): void {
    process.env['PATH'] = this.#path;
  }
}
