import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const lines = (name: string): readonly string[] =>
  readFileSync(join(import.meta.dirname, name), 'utf8')
    .trimEnd()
    .split('\n');

/** What a version of nft printed for `nft -j list table ip kube-proxy`; recorded on a real kernel, some chains left out. */
export const recordedTable = (nft: '1.0.6' | '1.1.3'): string =>
  `{"nftables":[${lines(`table-${nft}.jsonl`).join(',')}]}`;

/** A rule as it was written, and as `nft -j list` printed it. */
export interface RecordedRule {
  /** The versions that print it so: `1.0.6 1.1.3`. */
  readonly nft: string;
  readonly text: string;
  readonly expr: unknown;
}

/** Rules of every kind, of both families. */
export const recordedRules = (): readonly RecordedRule[] =>
  lines('rules.jsonl').map(line => JSON.parse(line) as RecordedRule);
