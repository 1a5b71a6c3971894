// Carrying one scenario out.

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { node, PEER_NAME } from '../builders.ts';
import type { LoadedScenario } from './scenario.ts';
import { titleOf } from './step.ts';
import { execute } from './steps/execute.ts';
import { Failure } from './steps/failure.ts';
import type { FailureReport, Outcome } from './verdict.ts';
import type { World } from './world.ts';

const STATE_COMMANDS = ['nft list ruleset', 'conntrack -L', 'ip addr', 'ip route show table all', 'ss -tulnp'];
const IPVS_STATE_COMMANDS = ['ipvsadm -Ln --sort', 'ipvsadm -Sn', 'ipvsadm -Lnc', 'sysctl net.ipv4.vs'];

type Result = Pick<Outcome, 'status' | 'failure' | 'evidence'>;

/** Carries a scenario out. Evidence of a failure goes into the directory, which is made anew. */
export async function runScenario(world: World, scenario: LoadedScenario, directory: string): Promise<Result> {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  let at = 'start';
  try {
    await begin(world, scenario, join(directory, 'proxy.log'));
    for (const [index, step] of scenario.steps.entries()) {
      at = `step ${index + 1}: ${titleOf(step)}`;
      await execute(world, step);
    }
    await rm(directory, { recursive: true, force: true });
    return { status: 'passed' };
  } catch (error) {
    const { expected, seen } = error instanceof Failure ? error : {};
    const why = error instanceof Error ? error.message : String(error);
    const failure = { at, why, expected, seen, log: world.hasProxy ? await world.proxy.tail() : '' };
    await keepEvidence(world, directory, failure);
    return { status: 'failed', failure, evidence: directory };
  }
}

async function begin(world: World, scenario: LoadedScenario, log: string): Promise<void> {
  const { objects = [], config, args, mayExit, start = true } = scenario;
  await world.prepare({ objects: [node(), node(PEER_NAME), ...objects], config, args, mayExit, log });
  if (!start) return;
  world.proxy.start();
  world.memory.proxyExpected = true;
  await world.ready();
}

async function keepEvidence(world: World, directory: string, failure: FailureReport): Promise<void> {
  const { at, why, expected = '-', seen = '-' } = failure;
  const commands = [...STATE_COMMANDS, ...(world.mode === 'ipvs' ? IPVS_STATE_COMMANDS : [])];
  const outputs = commands.map(async command => {
    const { stdout } = await world.topology.shell('node', `${command} 2>&1`);
    return `# ${command}\n${stdout}`;
  });
  const state = (await Promise.all(outputs)).join('\n');
  const requests = world.api.requests.map(request => `${JSON.stringify(request)}\n`).join('');
  await Promise.all([
    writeFile(join(directory, 'failure.txt'), `${at}\n${why}\nexpected: ${expected}\nseen: ${seen}\n`),
    writeFile(join(directory, 'node-state.txt'), state),
    writeFile(join(directory, 'config.yaml'), world.config),
    writeFile(join(directory, 'api-requests.jsonl'), requests),
  ]);
}
