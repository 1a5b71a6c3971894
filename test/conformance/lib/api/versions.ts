import { ApiError } from './api-error.ts';

/** Throws 400 for a resource version that is none, and 504 for one that the store has yet to reach. */
export function notFromTheFuture({ version }: { readonly version: number }, asked: string | null): void {
  if (asked && !/^\d+$/.test(asked)) throw new ApiError(400, 'BadRequest', `invalid resource version: ${asked}`);
  if (Number(asked) <= version) return;
  throw new ApiError(504, 'Timeout', `Too large resource version: ${asked}, current: ${version}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}
