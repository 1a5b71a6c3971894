// The servers of one namespace. Each answers with one line of JSON that tells who answered and what it saw; on TCP
// once at the start and once more for every line it gets, on UDP once for every datagram.

import dgram from 'node:dgram';
import net from 'node:net';
import type { Answer } from '../lib/sighting.ts';

/** Who answers, at which addresses and ports. */
export interface ServeEntry {
  readonly who: string;
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
}

const NEWLINE = 10;

const plain = (address: string): string => address.replace(/^::ffff:/, '').replace(/%.*$/, '');

const lineOf = (answer: Answer): string => `${JSON.stringify(answer)}\n`;

function tcp(who: string, address: string, port: number): Promise<void> {
  const server = net.createServer(socket => {
    const from = plain(socket.remoteAddress ?? '');
    const line = lineOf({ who, from, fromPort: socket.remotePort ?? 0, dst: address, dstPort: port, proto: 'tcp' });
    socket.on('error', () => {});
    socket.on('data', chunk => {
      for (const byte of Buffer.from(chunk)) if (byte === NEWLINE) socket.write(line);
    });
    socket.write(line);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: address, backlog: 512 }, resolve);
  });
}

function udp(who: string, address: string, port: number): Promise<void> {
  const socket = dgram.createSocket({ type: address.includes(':') ? 'udp6' : 'udp4' });
  socket.on('message', (message, remote) => {
    const seen = { from: plain(remote.address), fromPort: remote.port, echo: message.toString() };
    const line = lineOf({ who, ...seen, dst: address, dstPort: port, proto: 'udp' });
    socket.send(line, remote.port, remote.address);
  });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, address, () => {
      socket.on('error', () => {});
      resolve();
    });
  });
}

/** Starts all servers. Resolves to their number, once all of them listen. */
export async function serve(entries: readonly ServeEntry[]): Promise<number> {
  const all = entries.flatMap(({ who, addresses, ports }) =>
    addresses.flatMap(address => ports.flatMap(port => [tcp(who, address, port), udp(who, address, port)])),
  );
  await Promise.all(all);
  return all.length;
}
