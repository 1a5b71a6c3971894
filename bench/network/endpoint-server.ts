// Everything outside: each connection to any endpoint address is told which address it came to.

import net from 'node:net';
import { once } from 'node:events';
import { answerCalls } from '../process/answer-calls.ts';

async function serve(port: number): Promise<void> {
  const server = net.createServer({ noDelay: true }, socket => {
    socket.on('error', () => {}); // Askers end with a reset, so that nothing lingers.
    socket.write(`${socket.localAddress}\n`);
  });
  server.listen({ host: '0.0.0.0', port, backlog: 4096 });
  await once(server, 'listening');
}

const operations = { serve };
export type EndpointServerOperations = typeof operations;

answerCalls(operations);
