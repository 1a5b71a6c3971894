import { CommandError } from '../../kernel/command.ts';
import type { Family } from '../../model/ip.ts';
import type { Nft } from '../../kernel/nft.ts';
import { baseChains } from './base-ruleset.ts';
import { DesiredTable } from './desired-table.ts';
import { encodeChains, encodeDeclarations, encodeTableDelete } from './encode.ts';
import { NFT_FAMILY, TABLE, type RulesetOptions } from './schema.ts';

/** What the rules are made of, each by itself, so that what is missing can be told by name. */
const FEATURES: readonly { readonly name: string; readonly rule: string; readonly hook?: string }[] = [
  { name: 'fib expressions (nft_fib_ipv4, nft_fib_ipv6)', rule: 'fib daddr type local' },
  { name: 'number generators (nft_numgen)', rule: 'numgen random mod 2 == 0' },
  { name: 'connection tracking (nft_ct, nf_conntrack)', rule: 'ct state new' },
  { name: 'reject (nft_reject)', rule: 'reject' },
  { name: 'packet marks', rule: 'meta mark set meta mark | 1' },
  {
    name: 'nat chains (nft_chain_nat, nft_masq)',
    rule: 'masquerade fully-random',
    hook: 'type nat hook postrouting priority 100;',
  },
];

export interface ProbeResult {
  /** Of nft. */
  readonly version: string;
  /** What keeps this machine from running the rules, for the operator; empty where nothing does. */
  readonly problems: readonly string[];
  /** Families for which this nft cannot write the rule by which the kernel learns ClientIP affinity. */
  readonly cannotLearn: readonly Family[];
}

/**
 * Finds out, by trying, whether this nft and this kernel take our rules. Version numbers lie, and nothing is changed: nft checks a
 * transaction with the kernel, which then drops it.
 * @throws CommandError where there is no nft
 */
export async function probeNftables(nft: Nft, rulesets: readonly RulesetOptions[]): Promise<ProbeResult> {
  const version = await nft.version();
  const problems: string[] = [];
  const json = await failure(nft, `{"nftables":[{"add":{"table":{"family":"ip","name":"${TABLE}"}}}]}`, true);
  if (json) {
    const isUnprivileged = /Operation not permitted/.test(json);
    problems.push(
      isUnprivileged
        ? `nft may not change the rules: CAP_NET_ADMIN is needed (${json})`
        : `this nft ${version} does not take JSON: ${json}`,
    );
    return { version, problems, cannotLearn: [] };
  }
  const cannotLearn: Family[] = [];
  for (const options of rulesets) {
    const reason = await failure(nft, sample({ ...options, affinity: 'hashed' }, []));
    if (!reason) {
      if (await failure(nft, sample({ ...options, affinity: 'learnt' }, STICKY))) cannotLearn.push(options.family);
      continue;
    }
    const table = NFT_FAMILY[options.family];
    const missing: string[] = [];
    for (const { name, rule, hook } of FEATURES) {
      const chain = `add table ${table} ${TABLE}\nadd chain ${table} ${TABLE} probe { ${hook ?? ''} }\nadd rule ${table} ${TABLE} probe ${rule}\n`;
      if (await failure(nft, chain)) missing.push(name);
    }
    problems.push(
      `the rules for ${options.family} are refused${missing.length ? `, missing: ${missing.join('; ')}` : ''}: ${reason}`,
    );
  }
  return { version, problems, cannotLearn };
}

const STICKY = ['tcp', 'udp', 'sctp'].flatMap(l4 => [
  `cluster-${l4}-2-l80-10.96.0.10`,
  `learn-local-${l4}-10-s80-10.96.0.10`,
]);

/** The frame of a table with a shape of each kind. */
function sample(options: RulesetOptions, more: readonly string[]): string {
  const names = ['tcp', 'udp', 'sctp'].flatMap(l4 => [
    `local-${l4}-2-2`,
    `internal-${l4}-2`,
    `nodeport-local-${l4}-2-2`,
  ]);
  const chains = new DesiredTable(options).chainsOf([...names, ...more]);
  // As if on a clean node: what another proxy left in the table may forbid what is to replace it.
  const { family } = options;
  return (
    encodeTableDelete(family) + encodeDeclarations(family) + encodeChains(family, [...chains, ...baseChains(options)])
  );
}

/** @returns what nft said, or undefined where it said nothing. */
async function failure(nft: Nft, text: string, json = false): Promise<string | undefined> {
  try {
    await nft.apply(text, { json, check: true });
    return undefined;
  } catch (error) {
    if (error instanceof CommandError) return error.stderr.trim().split('\n').slice(0, 2).join(' ') || error.message;
    throw error;
  }
}
