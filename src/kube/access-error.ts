/** The configuration does not say how to reach the API server. The message names the file and the field. */
export class AccessError extends Error {
  override readonly name = 'AccessError';
}

/** `ENOENT: no such file or directory, open '/x'` -> `no such file or directory`. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^E[A-Z]+: ([^,]+),/.exec(message)?.[1] ?? message.split('\n', 1)[0] ?? message;
}
