import { once } from 'node:events';
import { connect } from 'node:net';
import { ask } from './sockets.ts';

/** A connection that is kept open after its first answer. */
export interface HeldConnection {
  /** Asks once more on the same connection, and gives the whole answer. */
  again(): Promise<string>;
  /** Resolves when the server ends the connection, gracefully or not. */
  readonly closed: Promise<void>;
}

/** Connects to a port of 127.0.0.1 and says nothing: unlike a kept one, such a connection is not idle in Node's eyes. */
export async function silentConnection(port: number): Promise<{ closed: Promise<void> }> {
  const socket = connect(port, '127.0.0.1');
  const closed = Promise.withResolvers<void>();
  socket.on('error', () => undefined);
  socket.on('close', () => closed.resolve());
  await once(socket, 'connect');
  // Connections are accepted in turn: once a later one was answered, this one was accepted.
  await ask('127.0.0.1', port);
  return { closed: closed.promise };
}

/** Connects to a port of 127.0.0.1 and asks once. */
export async function holdConnection(port: number): Promise<HeldConnection> {
  const socket = connect(port, '127.0.0.1');
  const closed = Promise.withResolvers<void>();
  socket.on('error', () => undefined);
  socket.on('close', () => closed.resolve());
  await once(socket, 'connect');
  const again = async (): Promise<string> => {
    socket.write('GET / HTTP/1.1\r\nHost: node\r\n\r\n');
    const [data]: unknown[] = await once(socket, 'data');
    return String(data);
  };
  await again();
  return { again, closed: closed.promise };
}
