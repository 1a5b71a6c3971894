// The inner side of a helper process: it does what its parent asks for over the IPC channel.

export interface Call {
  readonly id: number;
  readonly operation: string;
  readonly argument: unknown;
}

export interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** What a helper process can be asked for. */
export type Operations = Readonly<Record<string, (argument: never) => unknown>>;

const isCall = (message: unknown): message is Call =>
  message !== null && typeof message === 'object' && 'operation' in message && 'id' in message;

/** Answers each call with what the operation of that name resolves to, until the parent is gone. */
export function answerCalls(operations: Operations): void {
  const answer = async ({ id, operation, argument }: Call): Promise<Reply> => {
    try {
      const work = operations[operation];
      if (!work) throw new Error(`no such operation: ${operation}`);
      return { id, result: await work(argument as never) };
    } catch (error) {
      return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  process.on('message', message => {
    if (isCall(message)) void answer(message).then(reply => process.send?.(reply));
  });
  process.on('disconnect', () => process.exit(0));
  // Ctrl-C goes to the whole process group; the parent ends this process when it has tidied up.
  process.on('SIGINT', () => {});
}
