// What a scenario is, and loading them.

import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hasSctp } from '../outpost/sctp.ts';
import type { Mode, Settings } from './config.ts';
import { globToRegExp } from './glob.ts';
import type { KubeObject } from './kube-object.ts';
import type { Step } from './step.ts';
import { isStepKind } from './steps/execute.ts';

/** What a scenario may need, and whether this machine and mode have it. */
const NEEDS = {
  ipv6: () => existsSync('/proc/net/if_inet6'),
  sctp: hasSctp,
  nftables: (mode: Mode) => mode === 'nftables',
  ipvs: (mode: Mode) => mode === 'ipvs',
};
export type Need = keyof typeof NEEDS;

export interface Scenario {
  readonly name: string;
  /** The rule, or the source behaviour, that it checks. */
  readonly why: string;
  readonly needs?: readonly Need[];
  /** Merged into the proxy's configuration. */
  readonly config?: Settings;
  /** More arguments for the proxy. */
  readonly args?: readonly string[];
  /** False: a step starts the proxy. */
  readonly start?: boolean;
  /** True: the proxy may end by itself. */
  readonly mayExit?: boolean;
  /** In place before the proxy starts, and in effect before the first step. */
  readonly objects?: readonly KubeObject[];
  readonly steps: readonly Step[];
}

/** A scenario that was loaded; its id is its path in the directory, without the ending. */
export interface LoadedScenario extends Scenario {
  readonly id: string;
}

/** What of a scenario's needs is not met. */
export const lacks = ({ needs = [] }: Scenario, mode: Mode): Need[] => needs.filter(need => !NEEDS[need](mode));

async function modulesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true });
  const files = entries.filter(entry => entry.isFile() && /\.(?:ts|mjs)$/.test(entry.name));
  return files.map(entry => join(entry.parentPath, entry.name)).toSorted();
}

/** Modules of scenarios that others bring along are not seen by our compiler. */
function validate({ name, why, needs = [], steps, objects = [] }: Scenario, id: string): void {
  if (!name || !why) throw new Error(`${id}: a scenario needs a name and a why`);
  if (!Array.isArray(steps) || !steps.length) throw new Error(`${id}: a scenario needs steps`);
  const unmet = needs.find(need => !Object.hasOwn(NEEDS, need));
  if (unmet !== undefined) throw new Error(`${id}: nobody knows whether there is ${unmet}`);
  const unknown = steps.find(step => !isStepKind(step.kind));
  if (unknown) throw new Error(`${id}: no such step: ${JSON.stringify(unknown)}`);
  if (objects.some(object => !object.kind)) throw new Error(`${id}: an object without a kind`);
}

interface Module {
  readonly id: string;
  readonly path: string;
}

/** The modules of all scenarios in the directories, with their ids. */
export async function findScenarios(directories: readonly string[]): Promise<Module[]> {
  const found = directories.map(async given => {
    const directory = resolve(given);
    const paths = await modulesIn(directory);
    return paths.map(path => ({ id: relative(directory, path).replace(/\.\w+$/, ''), path }));
  });
  return (await Promise.all(found)).flat();
}

/** Loads scenarios; `only` holds globs over their ids (`udp/*`), none for all. Throws where a module is no scenario. */
export async function loadScenarios(modules: readonly Module[], only: readonly string[]): Promise<LoadedScenario[]> {
  const patterns = only.map(globToRegExp);
  const wanted = modules.filter(({ id }) => !patterns.length || patterns.some(pattern => pattern.test(id)));
  const load = async ({ id, path }: Module): Promise<LoadedScenario> => {
    const { default: scenario }: { default: Scenario } = await import(pathToFileURL(path).href);
    validate(scenario, id);
    return { id, ...scenario };
  };
  return Promise.all(wanted.map(load));
}
