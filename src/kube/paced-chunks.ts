import { setImmediate } from 'node:timers/promises';

/** Parsing and projecting so much takes about 5 ms. */
const PACE_BYTES = 256 * 1024;

/**
 * The chunks of a body, with a pause for the rest of the process after each 256 KiB: on a fast network all of a long list
 * may be there already, and timers and probes must not wait until it is read.
 */
export async function* pacedChunks(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    yield chunk;
    bytes += chunk.length;
    if (bytes >= PACE_BYTES) {
      bytes = 0;
      await setImmediate();
    }
  }
}
