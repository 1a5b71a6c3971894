// Opens TCP connections, one after the other or some at a time, and times each from connect() to the completed handshake.

import net from 'node:net';
import { answerCalls } from '../process/answer-calls.ts';

export interface Destination {
  readonly address: string;
  readonly port: number;
}

export interface Connecting {
  readonly targets: readonly Destination[];
  readonly seconds: number;
  /** Connections that are opened at a time. */
  readonly width: number;
}

export interface Connected {
  readonly connections: number;
  readonly errors: number;
  readonly seconds: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

/** Resolves to the microseconds that it took; undefined where there was no connection. */
function connectOnce({ address, port }: Destination): Promise<number | undefined> {
  return new Promise(resolve => {
    const began = performance.now();
    const socket = net.connect({ host: address, port, family: 4 });
    socket.on('connect', () => {
      const us = (performance.now() - began) * 1000;
      socket.resetAndDestroy();
      resolve(us);
    });
    socket.on('error', () => resolve(undefined));
  });
}

async function connect({ targets, seconds, width }: Connecting): Promise<Connected> {
  const began = performance.now();
  const end = began + seconds * 1000;
  const times: number[] = [];
  let errors = 0;
  let next = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const target = targets[next % targets.length];
      next += 1;
      const us = target && (await connectOnce(target));
      if (us === undefined) errors += 1;
      else times.push(us);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  const took = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(share * (times.length - 1))] ?? Number.NaN;
  return { connections: times.length, errors, seconds: took, p50Us: at(0.5), p99Us: at(0.99) };
}

const operations = { connect };
export type ConnectorOperations = typeof operations;

answerCalls(operations);
