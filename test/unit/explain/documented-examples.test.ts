import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runMain } from '../cli/run-main.ts';

// The examples of docs/explain.md are what the program prints.

const DOCUMENT = readFileSync('docs/explain.md', 'utf8');

/** Blocks of code that begin with `$ sluice`, each with what comes after. */
const EXAMPLES = [...DOCUMENT.matchAll(/^ {4}\$ sluice (.*)\n((?: {4}.*\n|\n(?= {4}))*)/gm)].map(
  ([, command = '', printed = '']) => ({ command, printed: printed.replaceAll(/^ {4}/gm, '') }),
);

describe('docs/explain.md', () => {
  it('has examples', () => {
    expect(EXAMPLES).toHaveLength(2);
  });

  it.each(EXAMPLES)('$command', async ({ command, printed }) => {
    const { stdout, stderr } = await runMain(command.split(' '));
    expect(stderr).toBe('');
    expect(stdout).toBe(printed);
  });
});
