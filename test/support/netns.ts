import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A network namespace of a test, with a program in it that stands for nft. */
export class TestNamespace {
  readonly name = `sluice-test-${process.pid}-${randomBytes(3).toString('hex')}`;
  readonly directory = mkdtempSync(join(tmpdir(), 'sluice-test-'));

  constructor() {
    execFileSync('ip', ['netns', 'add', this.name]);
  }

  /** @returns the path of a program that runs `command` in this namespace. */
  program(name: string, command: string): string {
    const path = join(this.directory, name);
    writeFileSync(path, `#!/bin/sh\nexec ip netns exec ${this.name} ${command} "$@"\n`, { mode: 0o755 });
    return path;
  }

  /** Runs a command in this namespace. @returns what it printed. */
  run(file: string, ...args: string[]): string {
    return execFileSync('ip', ['netns', 'exec', this.name, file, ...args], {
      encoding: 'utf8',
      stdio: 'pipe',
      maxBuffer: 1 << 28,
    });
  }

  /** Ends what still runs in it, such as what a program that was killed has started. */
  remove(): void {
    const pids = execFileSync('ip', ['netns', 'pids', this.name], { encoding: 'utf8' }).split('\n').filter(Boolean);
    for (const pid of pids) {
      try {
        process.kill(Number(pid), 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
    execFileSync('ip', ['netns', 'del', this.name]);
    rmSync(this.directory, { recursive: true, force: true });
  }
}
