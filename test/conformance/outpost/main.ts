// The harness's hand in one network namespace. The runner starts one of these inside each namespace and asks it, over
// the IPC channel, to serve and probe.

import type { SendHandle } from 'node:child_process';
import net from 'node:net';
import { askFlow, closeFlows, openFlow } from './flows.ts';
import { httpGet, probe } from './probes.ts';
import { probeSctp, serveSctp } from './sctp.ts';
import { serve } from './servers.ts';
import { startTraffic, stopAllTraffic, stopTraffic } from './traffic.ts';

async function quiet(): Promise<void> {
  closeFlows();
  await stopAllTraffic();
}

const OPERATIONS = { serve, serveSctp, probe, probeSctp, httpGet, openFlow, askFlow, startTraffic, stopTraffic, quiet };
/** What an outpost can be asked for. */
export type Operations = typeof OPERATIONS;

export interface ListenRequest {
  readonly host: string;
  readonly port: number;
}

/** A request of the runner. */
export type Request =
  | { readonly id: number; readonly operation: 'listen'; readonly argument: ListenRequest }
  | { readonly id: number; readonly operation: keyof Operations; readonly argument: unknown };

/** The reply; a listening socket comes beside it. */
export interface Reply {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

const reply = (message: Reply, handle?: SendHandle, sent?: () => void): unknown =>
  process.send?.(message, handle, undefined, sent);

/** Opens a listening socket in this namespace, for the runner to accept from. */
function listen(id: number, { host, port }: ListenRequest): void {
  const server = net.createServer();
  server.once('error', error => reply({ id, error: error.message }));
  server.listen({ host, port, backlog: 256 }, () => reply({ id }, server, () => server.close()));
}

async function answer(request: Request): Promise<void> {
  const { id } = request;
  if (request.operation === 'listen') return listen(id, request.argument);
  try {
    const result: unknown = await Reflect.apply(OPERATIONS[request.operation], undefined, [request.argument]);
    reply({ id, result });
  } catch (error) {
    reply({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
  return undefined;
}

const isRequest = (message: unknown): message is Request =>
  message !== null && typeof message === 'object' && 'id' in message && 'operation' in message;

process.on('message', message => {
  if (isRequest(message)) void answer(message);
});
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => {});
