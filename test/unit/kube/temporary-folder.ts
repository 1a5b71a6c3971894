import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

let writes = 0;

/** A folder for the files of one test; `using` removes it. */
export class TemporaryFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'sluice-kube-'));

  file(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file, each time with another modification time, and answers its path. */
  write(name: string, text: string): string {
    const path = this.file(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    writes += 1;
    utimesSync(path, 1_700_000_000 + writes, 1_700_000_000 + writes);
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
