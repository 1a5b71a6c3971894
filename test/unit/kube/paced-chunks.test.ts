import { expect, test } from 'vitest';
import { pacedChunks } from '../../../src/kube/paced-chunks.ts';

const MEBIBYTE = 1024 * 1024;

/** So many chunks of 64 KiB that are all there already. */
async function* ready(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i += 1) yield new Uint8Array(64 * 1024).fill(i);
}

test('gives every chunk, in order', async () => {
  const seen: (number | undefined)[] = [];
  for await (const chunk of pacedChunks(ready(100))) seen.push(chunk[0]);
  expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => index));
});

test('lets others run before a mebibyte is through', async () => {
  let turns = 0;
  let isOver = false;
  const count = (): void => {
    turns += 1;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  let bytes = 0;
  for await (const chunk of pacedChunks(ready(160))) bytes += chunk.length;
  isOver = true;
  expect(bytes).toBe(10 * MEBIBYTE);
  expect(turns).toBeGreaterThanOrEqual(10);
});
