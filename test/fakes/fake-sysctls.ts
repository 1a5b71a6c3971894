import type * as fs from 'node:fs/promises';

/**
 * Stands for `node:fs/promises` where /proc/sys and /sys/module are a map; all other files are real. For `vi.mock`, since a test must
 * not set what is the machine's own.
 */
export class FakeSysctls {
  /** Path -> content. A path that is not in here is no such file. */
  readonly files = new Map<string, string>();
  /** Paths that cannot be written, as in a container. */
  readonly readOnly = new Set<string>();
  /** `path=content`, in order. */
  readonly written: string[] = [];

  /** The module in the place of the real one. */
  replace(real: typeof fs): typeof fs {
    return {
      ...real,
      readFile: (async (path: string, ...rest: []) => {
        if (!isKernels(path)) return real.readFile(path, ...rest);
        return `${this.#content(path)}\n`;
      }) as typeof fs.readFile,
      writeFile: (async (path: string, text: string, ...rest: []) => {
        if (!isKernels(path)) return real.writeFile(path, text, ...rest);
        this.#content(path);
        if (this.readOnly.has(path)) throw failure('EROFS: read-only file system', path);
        this.files.set(path, text);
        this.written.push(`${path}=${text}`);
        return undefined;
      }) as typeof fs.writeFile,
    };
  }

  #content(path: string): string {
    const content = this.files.get(path);
    if (content === undefined) throw failure('ENOENT: no such file or directory', path);
    return content;
  }

  clear(): void {
    this.files.clear();
    this.readOnly.clear();
    this.written.length = 0;
  }
}

const isKernels = (path: unknown): path is string =>
  typeof path === 'string' && (path.startsWith('/proc/sys/') || path.startsWith('/sys/module/'));

const failure = (message: string, path: string): Error => new Error(`${message}, open '${path}'`);
