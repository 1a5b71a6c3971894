const EXCERPT_BYTES = 200;

/** A body that is not what the API promises. The stream is of no use any more: the state must be fetched anew. */
export class StreamFormatError extends Error {
  override readonly name = 'StreamFormatError';
  /** The first 200 bytes of what could not be read. */
  readonly excerpt: string;

  constructor(message: string, bytes: Uint8Array, cause?: unknown) {
    super(message, { cause });
    this.excerpt = Buffer.from(bytes.subarray(0, EXCERPT_BYTES)).toString('utf8');
  }
}
