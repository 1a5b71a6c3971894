import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadRuleset, type LoadedRuleset } from '../support/load-ruleset.ts';
import { expectedOf, parseTrace, type TracedPacket } from '../support/trace-file.ts';
import { tracePacket } from '../support/trace-packet.ts';
import { runMain } from './cli/run-main.ts';

// A case is a folder: `input.yaml` -> `plan.yaml`, `ruleset.nft`, and `trace.yaml` says what that means for packets. `config.yaml` is
// for what is not the default. UPDATE_GOLDEN=1 writes plans and rulesets anew; traces are written by hand.

const CASES = join(import.meta.dirname, '../golden/cases');
const mustUpdate = process.env['UPDATE_GOLDEN'] === '1';

/** What `sluice render` prints for the node of a case. */
async function render(folder: string, output: 'plan' | 'nft'): Promise<string> {
  const config = join(folder, 'config.yaml');
  const options = existsSync(config) ? [`--config=${config}`] : ['--cluster-cidr=10.244.0.0/16,fd00:10:244::/48'];
  const argv = ['render', '-f', join(folder, 'input.yaml'), '--node-name=node-a', '-o', output, ...options];
  const { status, stdout, stderr } = await runMain(argv);
  if (status !== 0 || stderr) throw new Error(`render ended with ${status}: ${stderr}`);
  return stdout;
}

/** @returns what a file of a case says, after it was written anew if it must be; empty where there is no such file */
function writtenDown(path: string, made: string): string {
  if (mustUpdate) writeFileSync(path, made);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** In the quotes that this project's YAML has. */
const formatted = (yaml: string): string =>
  stringify(parse(yaml), { singleQuote: true, lineWidth: 0, aliasDuplicateObjects: false });

/** Where a packet ends up, as a trace tells it. */
function trace(ruleset: LoadedRuleset, { packet, after }: TracedPacket): string[] {
  const before = after?.map(one => {
    const outcome = tracePacket(ruleset, one.packet).find(({ to }) => to === one.endpoint);
    if (!outcome) throw new Error(`the packet before does not reach ${one.endpoint}`);
    return [...outcome.pins];
  });
  const outcomes = tracePacket(ruleset, { ...packet, pins: new Map(before?.flat()) });
  return outcomes.map(({ to, isMasqueraded }) => (isMasqueraded ? `${to} masqueraded` : to));
}

describe.each(readdirSync(CASES).toSorted())('golden case %s', name => {
  const folder = join(CASES, name);
  const traces = parseTrace(
    readFileSync(join(folder, 'trace.yaml'), 'utf8'),
    readFileSync(join(folder, 'input.yaml'), 'utf8'),
  );
  let text: string;
  let ruleset: LoadedRuleset;
  beforeAll(async () => {
    text = await render(folder, 'nft');
    ruleset = loadRuleset(text);
  });

  it.each(traces)('$title', traced => {
    expect(trace(ruleset, traced)).toEqual(expectedOf(traced));
  });

  it('traces packets from everywhere', () => {
    expect(new Set(traces.map(({ packet }) => packet.from))).toEqual(new Set(['pod', 'host', 'outside']));
  });

  it('has the plan that is written down', async () => {
    const plan = formatted(await render(folder, 'plan'));
    expect(plan).toBe(writtenDown(join(folder, 'plan.yaml'), plan));
  });

  it('has the ruleset that is written down', () => {
    expect(text).toBe(writtenDown(join(folder, 'ruleset.nft'), text));
  });
});
