import { watch, type FSWatcher } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface FileWatchOptions {
  readonly path: string;
  /** The file may have changed: its content, or that there is one. */
  readonly onChange: () => void;
  /** How often it is looked at where nothing is told: not all file systems tell. */
  readonly pollMs?: number;
}

const POLL_MS = 5000;

/**
 * Watches a file that may be written in place, renamed over, or reached by symbolic links that are changed, as those of a ConfigMap: the
 * directory `..data` beside it is a link that is replaced. So directories are watched, that of the path and that of the file itself, and
 * the file is looked at from time to time.
 */
export class FileWatch {
  readonly #options: FileWatchOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #timer: NodeJS.Timeout;
  #seen: string | undefined;
  #isClosed = false;

  constructor(options: FileWatchOptions) {
    this.#options = options;
    const look = (): void => void this.#look();
    this.#timer = setInterval(look, options.pollMs ?? POLL_MS);
    look();
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    const { path, onChange } = this.#options;
    const target = await realpath(path).catch(() => undefined);
    const state = await stat(path).then(
      ({ dev, ino, size, ctimeMs }) => [dev, ino, size, ctimeMs].join(),
      () => 'not there',
    );
    if (this.#isClosed) return;
    this.#watchDirectories(new Set([dirname(path), ...(target === undefined ? [] : [dirname(target)])]));
    const isFirst = this.#seen === undefined;
    if (state === this.#seen) return;
    this.#seen = state;
    if (!isFirst) onChange();
  }

  #watchDirectories(directories: ReadonlySet<string>): void {
    for (const [directory, watcher] of this.#watchers) {
      if (directories.has(directory)) continue;
      watcher.close();
      this.#watchers.delete(directory);
    }
    for (const directory of directories) if (!this.#watchers.has(directory)) this.#watch(directory);
  }

  /** Where it cannot be watched, the timer has to do. */
  #watch(directory: string): void {
    try {
      const watcher = watch(directory, () => void this.#look());
      watcher.on('error', () => this.#watchers.delete(directory));
      this.#watchers.set(directory, watcher);
    } catch {
      // The next look tries again.
    }
  }
}

/** Watches a file for as long as the process lives, or until it is closed. */
export const watchFile = (options: FileWatchOptions): FileWatch => new FileWatch(options);
