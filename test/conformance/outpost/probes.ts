// Single attempts from this namespace. Each resolves to what was seen: an answer when something answered, else an
// error.

import dgram from 'node:dgram';
import http from 'node:http';
import net from 'node:net';
import type { Destination } from '../lib/hosts.ts';
import type { HttpAnswer } from '../lib/http-expectation.ts';
import type { Answer, Sighting } from '../lib/sighting.ts';

/** One attempt; the timeout in milliseconds. */
export interface Attempt extends Destination {
  readonly localAddress?: string | undefined;
  readonly timeout: number;
}

export interface ProbeRequest extends Attempt {
  readonly proto?: 'tcp' | 'udp' | undefined;
  readonly attempts?: number;
  readonly parallel?: number;
}

export interface HttpRequest {
  readonly url: string;
  readonly localAddress?: string | undefined;
  readonly timeout?: number;
}

const ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EACCES: 'unreachable',
  EPERM: 'filtered',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  EADDRINUSE: 'no-free-port',
  EADDRNOTAVAIL: 'no-such-source',
};

/** The harness's word for a socket error. */
export const classify = ({ code = '', message }: NodeJS.ErrnoException): string => ERRORS[code] ?? (code || message);

/** Reads what a server of outpost/servers.ts sent. */
export function parseAnswer(text: string | Buffer): Answer {
  const answer: Answer = JSON.parse(text.toString());
  return answer;
}

/** Connects and waits for the first line. */
export function tcpOnce({ host, port, family, localAddress, timeout }: Attempt): Promise<Sighting> {
  return new Promise(resolve => {
    const socket = net.connect({ host, port, family, ...(localAddress ? { localAddress } : {}) });
    let text = '';
    let local: string | undefined;
    const finish = (seen: Sighting) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ local, ...seen });
    };
    const timer = setTimeout(() => finish({ error: local ? 'silent' : 'timeout' }), timeout);
    socket.on('connect', () => {
      local = socket.localAddress;
    });
    socket.on('error', error => finish({ error: classify(error) }));
    socket.on('end', () => finish({ error: 'closed' }));
    socket.on('data', chunk => {
      text += chunk.toString();
      if (text.includes('\n')) finish(parseAnswer(text));
    });
  });
}

/** Sends one datagram and waits for the answer. */
export function udpOnce({ host, port, family, localAddress, timeout }: Attempt): Promise<Sighting> {
  return new Promise(resolve => {
    const socket = dgram.createSocket({ type: family === 6 ? 'udp6' : 'udp4' });
    let local: string | undefined;
    let timer: NodeJS.Timeout | undefined;
    const finish = (seen: Sighting) => {
      clearTimeout(timer);
      socket.close();
      resolve({ local, ...seen });
    };
    socket.on('error', error => finish({ error: classify(error) }));
    socket.on('message', message => finish(parseAnswer(message)));
    socket.bind({ port: 0, exclusive: true, ...(localAddress ? { address: localAddress } : {}) }, () => {
      socket.connect(port, host, (error?: Error) => {
        if (error) return;
        local = socket.address().address;
        timer = setTimeout(() => finish({ error: 'timeout' }), timeout);
        socket.send('probe');
      });
    });
  });
}

/** Makes `attempts` attempts, at most `parallel` at a time. */
export async function probe({ proto, attempts = 1, parallel = 1, ...target }: ProbeRequest): Promise<Sighting[]> {
  const once = proto === 'udp' ? udpOnce : tcpOnce;
  const seen: Sighting[] = [];
  let begun = 0;
  const worker = async () => {
    while (begun < attempts) {
      begun += 1;
      seen.push(await once(target));
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, attempts) }, worker));
  return seen;
}

/** One HTTP GET. */
export function httpGet({ url, localAddress, timeout = 3000 }: HttpRequest): Promise<HttpAnswer> {
  return new Promise(resolve => {
    const options = { localAddress, timeout, agent: false };
    const request = http.get(url, options, response => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('error', error => resolve({ error: classify(error) }));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    request.on('timeout', () => request.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })));
    request.on('error', error => resolve({ error: classify(error) }));
  });
}
