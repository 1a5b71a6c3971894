import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory for files of a measurement. */
export class TemporaryDirectory {
  readonly path = mkdtempSync(join(tmpdir(), `slbench${process.pid}-`));

  /** The path of a file in it. */
  file(name: string): string {
    return join(this.path, name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
