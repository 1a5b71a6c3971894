// The programs that check deploy/, built or unpacked before the first test. A test that lacks one fails, it is never skipped.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

export const PROJECT = join(import.meta.dirname, '../..');

export interface Tools {
  readonly helm: string;
  readonly kustomize: string;
  readonly promtool: string;
  readonly prometheus: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    tools: Tools;
  }
}

/** Before the first test: gives each the paths of the programs. @throws Error with what scripts/deploy-tools says is missing */
export default function setup(project: TestProject): void {
  const lines = execFileSync(join(PROJECT, 'scripts/deploy-tools'), {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const paths = new Map(
    lines
      .trim()
      .split('\n')
      .map(line => line.split(' ', 2) as [string, string]),
  );
  const path = (name: keyof Tools): string => {
    const found = paths.get(name);
    if (!found) throw new Error(`scripts/deploy-tools tells no path of ${name}`);
    return found;
  };
  project.provide('tools', {
    helm: path('helm'),
    kustomize: path('kustomize'),
    promtool: path('promtool'),
    prometheus: path('prometheus'),
  });
}
