// Long-lived flows: a TCP connection that is kept open, or a UDP socket that keeps its source port. A UDP flow sends
// in the background all the time, as a real client would, so that its conntrack entry never goes idle.

import dgram from 'node:dgram';
import net from 'node:net';
import type { Sighting } from '../lib/sighting.ts';
import { classify, parseAnswer } from './probes.ts';
import type { Attempt } from './probes.ts';

export interface FlowRequest extends Attempt {
  readonly name: string;
  readonly proto: 'tcp' | 'udp';
}

/** A question on an open flow; the timeout in milliseconds. */
export interface FlowQuestion {
  readonly name: string;
  readonly timeout: number;
}

interface Flow {
  open: (attempt: Attempt) => Promise<Sighting>;
  ask: (timeout: number) => Promise<Sighting>;
  close: () => void;
}

type Settle = (seen: Sighting) => void;

const BACKGROUND_PERIOD_MS = 200;
const BACKGROUND = 'background';

class TcpFlow implements Flow {
  readonly #socket = new net.Socket();
  #buffer = '';
  #waiting: Settle[] = [];
  #broken: string | undefined;

  open({ host, port, family, localAddress, timeout }: Attempt): Promise<Sighting> {
    this.#socket.on('data', chunk => this.#receive(chunk.toString()));
    this.#socket.on('error', error => this.#fail(classify(error)));
    this.#socket.on('close', () => this.#fail('closed'));
    this.#socket.connect({ host, port, family, ...(localAddress ? { localAddress } : {}) });
    return this.#answer(timeout);
  }

  ask(timeout: number): Promise<Sighting> {
    if (this.#broken !== undefined) return Promise.resolve({ error: this.#broken });
    const answer = this.#answer(timeout);
    this.#socket.write('again\n');
    return answer;
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: string): void {
    const lines = (this.#buffer + chunk).split('\n');
    this.#buffer = lines.pop() ?? '';
    for (const line of lines) {
      this.#waiting.shift()?.({ ...parseAnswer(line), local: this.#socket.localAddress });
    }
  }

  #fail(error: string): void {
    this.#broken ??= error;
    for (const settle of this.#waiting.splice(0)) settle({ error: this.#broken });
  }

  #answer(timeout: number): Promise<Sighting> {
    return new Promise(resolve => {
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter(other => other !== settle);
        resolve({ error: 'timeout' });
      }, timeout);
      const settle: Settle = seen => {
        clearTimeout(timer);
        resolve(seen);
      };
      this.#waiting.push(settle);
    });
  }
}

class UdpFlow implements Flow {
  #socket: dgram.Socket | undefined;
  #sequence = 0;
  readonly #waiting = new Map<string, Settle>();
  #timer: NodeJS.Timeout | undefined;

  open({ host, port, family, localAddress, timeout }: Attempt): Promise<Sighting> {
    const socket = dgram.createSocket({ type: family === 6 ? 'udp6' : 'udp4' });
    this.#socket = socket;
    socket.on('error', error => this.#failed(classify(error)));
    socket.on('message', message => {
      const seen = parseAnswer(message);
      this.#waiting.get(seen.echo ?? '')?.({ ...seen, local: socket.address().address });
    });
    return new Promise((resolve, reject) => {
      socket.bind({ port: 0, exclusive: true, ...(localAddress ? { address: localAddress } : {}) }, () => {
        socket.connect(port, host, () => {
          this.#timer = setInterval(() => this.#send(BACKGROUND), BACKGROUND_PERIOD_MS);
          this.ask(timeout).then(resolve, reject);
        });
      });
    });
  }

  ask(timeout: number): Promise<Sighting> {
    this.#sequence += 1;
    const label = `q${this.#sequence}`;
    return new Promise(resolve => {
      const settle: Settle = seen => {
        clearTimeout(timer);
        this.#waiting.delete(label);
        resolve(seen);
      };
      const timer = setTimeout(() => settle({ error: 'timeout' }), timeout);
      this.#waiting.set(label, settle);
      this.#send(label);
    });
  }

  close(): void {
    clearInterval(this.#timer);
    this.#socket?.close();
  }

  #send(label: string): void {
    this.#socket?.send(label, error => {
      if (error && label !== BACKGROUND) this.#waiting.get(label)?.({ error: classify(error) });
    });
  }

  #failed(error: string): void {
    for (const settle of this.#waiting.values()) settle({ error });
  }
}

const flows = new Map<string, Flow>();

/** Opens a flow under a name; resolves to what its first question led to. */
export function openFlow({ name, proto, ...attempt }: FlowRequest): Promise<Sighting> {
  const flow = proto === 'udp' ? new UdpFlow() : new TcpFlow();
  flows.set(name, flow);
  return flow.open(attempt);
}

/** Asks once more on an open flow; throws where there is none of this name. */
export function askFlow({ name, timeout }: FlowQuestion): Promise<Sighting> {
  const flow = flows.get(name);
  if (!flow) throw new Error(`no such flow: ${name}`);
  return flow.ask(timeout);
}

/** Closes all flows. */
export function closeFlows(): void {
  for (const flow of flows.values()) flow.close();
  flows.clear();
}
