import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Rules of a node, as iptables-save with counters prints them: with kube-proxy's, and what is to be left without them.
 */
export interface RecordedRules {
  readonly all: string;
  readonly others: string;
}

/** @param name of a file in `recorded/`, without its suffix; kube-proxy's lines have a mark there */
export function recordedRules(name: string): RecordedRules {
  const text = readFileSync(join(import.meta.dirname, 'recorded', `${name}.rules`), 'utf8');
  return { all: text.replaceAll(/^! /gm, ''), others: text.replaceAll(/^! .*\n/gm, '') };
}
