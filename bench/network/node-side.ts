// What is asked from the node itself, beside the proxy.

import http from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { answerCalls } from '../process/answer-calls.ts';

export interface Drained {
  readonly seconds: number;
  readonly bytes: number;
}

const QUERY = 'watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
const PATHS = ['/api/v1/services', '/apis/discovery.k8s.io/v1/endpointslices'];
const INITIAL_END = Buffer.from('initial-events-end');
const BOOKMARK_BYTES = 500;

async function get(url: string): Promise<IncomingMessage> {
  const [response] = (await once(http.get(url), 'response')) as [IncomingMessage];
  return response;
}

/** Reads the whole state from the API server as a proxy does, and drops it: no proxy can be faster than this. */
async function drain({ host, port }: { host: string; port: number }): Promise<Drained> {
  const began = performance.now();
  const sizes = await Promise.all(PATHS.map(path => drainOne(`http://${host}:${port}${path}?${QUERY}`)));
  return { seconds: (performance.now() - began) / 1000, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

async function drainOne(url: string): Promise<number> {
  let bytes = 0;
  let tail = Buffer.alloc(0);
  for await (const chunk of (await get(url)) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    tail = Buffer.concat([tail, chunk.subarray(-BOOKMARK_BYTES)]).subarray(-BOOKMARK_BYTES);
    if (tail.includes(INITIAL_END)) break;
  }
  return bytes;
}

/** The value of a metric without labels; undefined where the proxy does not serve it. */
async function metric({ url, name }: { url: string; name: string }): Promise<number | undefined> {
  try {
    let text = '';
    for await (const chunk of (await get(url)) as AsyncIterable<Buffer>) text += chunk.toString('latin1');
    const [, value] = new RegExp(`^${name} (\\S+)$`, 'm').exec(text) ?? [];
    return value === undefined ? undefined : Number(value);
  } catch {
    return undefined;
  }
}

const operations = { drain, metric };
export type NodeSideOperations = typeof operations;

answerCalls(operations);
