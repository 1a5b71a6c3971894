// The pod that asks: what is in effect is what packets show, whatever program has brought it about.

import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerCalls } from '../process/answer-calls.ts';

export interface Target {
  readonly address: string;
  readonly port: number;
  /** The endpoints of which one has to answer. */
  readonly expected: readonly string[];
}

export interface Wait {
  readonly targets: readonly Target[];
  /** Between two questions to one target. */
  readonly paceMs: number;
  /** Targets that are asked at a time; the others wait for their turn. */
  readonly width: number;
  readonly timeoutMs: number;
  /** How long an answer may take; 250 if absent. What is dropped is asked for again after that. */
  readonly answerMs?: number;
}

const ANSWER_MS = 250;
/** Of a busy machine: where every Service is asked once, a slow answer is an answer. */
const SWEEP_ANSWER_MS = 3000;

/** Asks once; resolves to the endpoint that answered, undefined where none did. */
function ask({ address, port }: Target, withinMs: number): Promise<string | undefined> {
  return new Promise(resolve => {
    const socket = net.connect({ host: address, port, noDelay: true, family: 4 });
    const finish = (answer: string | undefined): void => {
      clearTimeout(timer);
      socket.removeAllListeners('data');
      // A reset leaves no TIME_WAIT behind, and a short conntrack entry.
      socket.resetAndDestroy();
      resolve(answer);
    };
    const timer = setTimeout(() => finish(undefined), withinMs);
    socket.on('error', () => finish(undefined));
    socket.on('data', chunk => finish(chunk.toString('latin1').trim()));
  });
}

async function eachOf(
  targets: readonly Target[],
  width: number,
  work: (target: Target) => Promise<void>,
): Promise<void> {
  const queue = targets.values();
  const worker = async (): Promise<void> => {
    for (const target of queue) await work(target);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

/**
 * Waits until every target was answered by an expected endpoint.
 * @returns for each, in the order given, the monotonic time in nanoseconds of that answer
 * @throws Error after the timeout
 */
async function waitFor({ targets, paceMs, width, timeoutMs, answerMs = ANSWER_MS }: Wait): Promise<readonly string[]> {
  const deadline = performance.now() + timeoutMs;
  const times = new Map<Target, string>();
  await eachOf(targets, width, async target => {
    for (;;) {
      const answer = await ask(target, answerMs);
      if (answer !== undefined && target.expected.includes(answer)) break;
      if (performance.now() > deadline) return;
      await sleep(paceMs);
    }
    times.set(target, String(process.hrtime.bigint()));
  });
  if (times.size < targets.length)
    throw new Error(`${targets.length - times.size} of ${targets.length} were not in effect`);
  return targets.map(target => times.get(target) ?? '');
}

/** Asks every target once; resolves to the numbers of those that were not answered by an expected endpoint. */
async function missing({ targets, width }: Pick<Wait, 'targets' | 'width'>): Promise<readonly number[]> {
  const wrong: number[] = [];
  await eachOf(targets, width, async target => {
    const answer = await ask(target, SWEEP_ANSWER_MS);
    if (answer === undefined || !target.expected.includes(answer)) wrong.push(targets.indexOf(target));
  });
  return wrong;
}

const operations = { waitFor, missing };
export type ProberOperations = typeof operations;

answerCalls(operations);
