/** What of the process a command may use. */
export interface Surroundings {
  readonly hostname: string;
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
}
