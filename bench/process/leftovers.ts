// What must be removed whatever way the benchmark ends: namespaces, processes, files. Removal is synchronous, so that it
// can be done while the process exits, after Ctrl-C as well as after a failure.

interface Removable {
  remove(): void;
}

const pending = new Set<Removable>();

/** Has something removed at the end at the latest. Returns it. */
export function removeAtExit<T extends Removable>(thing: T): T {
  pending.add(thing);
  return thing;
}

/** Removes something now. */
export function removeNow(thing: Removable): void {
  if (pending.delete(thing)) thing.remove();
}

/** To be called once, at the start. */
export function tidyUpAtExit(): void {
  process.on('exit', () => {
    for (const thing of pending) {
      try {
        thing.remove();
      } catch (error) {
        console.error(error);
      }
    }
  });
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.on(signal, () => process.exit(code));
  }
}
