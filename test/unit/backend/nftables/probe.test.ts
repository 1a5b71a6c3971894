import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { probeNftables } from '../../../../src/backend/nftables/probe.ts';
import type { RulesetOptions } from '../../../../src/backend/nftables/schema.ts';
import { Nft } from '../../../../src/kernel/nft.ts';
import type { Family } from '../../../../src/model/ip.ts';
import { FakePrograms } from '../../../fakes/fake-programs.ts';
import { rulesetOptions } from '../../../support/rulesets.ts';

const ruleset = (family: Family): RulesetOptions => rulesetOptions({ family });

/** An nft that refuses what has this text in it. */
const refusing = (text: string, message: string): string => `
case "$*" in --version) echo 'nftables v1.0.6 (Lester Gooch #5)'; exit 0 ;; esac
tail -c +$(($(cat "$folder/seen" 2>/dev/null || echo 0) + 1)) "$folder/input" >"$folder/last"
wc -c <"$folder/input" >"$folder/seen"
if grep -qe '${text}' "$folder/last"; then echo '${message}' >&2; exit 1; fi
case "$*" in *-c*) exit 0 ;; esac
echo 'not a check' >&2; exit 9
`;

describe('probeNftables', () => {
  let programs: FakePrograms;
  let nft: Nft;

  const probe = async (script: string, ...families: Family[]) => {
    nft = new Nft({ path: programs.add('nft', script), runtimeDirectory: programs.path });
    return probeNftables(nft, (families.length ? families : (['ipv4', 'ipv6'] as const)).map(ruleset));
  };

  beforeEach(() => void (programs = new FakePrograms()));
  afterEach(() => {
    nft.close();
    programs[Symbol.dispose]();
  });

  it('finds nothing wrong with an nft that takes everything, and changes nothing', async () => {
    expect(await probe(refusing('NOTHING', ''))).toEqual({ version: '1.0.6', problems: [], cannotLearn: [] });
  });

  it('tells the families for which affinity cannot be learnt', async () => {
    const { problems, cannotLearn } = await probe(refusing('ip6 kube-proxy learn-', 'Error: aborted'));
    expect([problems, cannotLearn]).toEqual([[], ['ipv6']]);
  });

  it.each([
    { text: 'fib daddr', missing: ['fib expressions (nft_fib_ipv4, nft_fib_ipv6)'] },
    { text: 'numgen random', missing: ['number generators (nft_numgen)'] },
    { text: 'masquerade', missing: ['nat chains (nft_chain_nat, nft_masq)'] },
    { text: 'map ip kube-proxy', missing: [] },
  ])('names what is missing: $text', async ({ text, missing }) => {
    const { problems } = await probe(refusing(text, 'Error: no such thing'), 'ipv4');
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('the rules for ipv4 are refused');
    expect(problems[0]).toContain('Error: no such thing');
    for (const name of missing) expect(problems[0]).toContain(`missing: ${name}:`);
    if (!missing.length) expect(problems[0]).not.toContain('missing');
  });

  it.each([
    { message: 'Error: JSON support not compiled-in', says: 'this nft 1.0.6 does not take JSON: Error: JSON support' },
    { message: 'Error: Could not process rule: Operation not permitted', says: 'CAP_NET_ADMIN is needed' },
  ])('$says', async ({ message, says }) => {
    const { problems } = await probe(refusing('"nftables"', message));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(says);
  });

  it('throws where there is no nft', async () => {
    nft = new Nft({ path: programs.file('none'), runtimeDirectory: programs.path });
    await expect(probeNftables(nft, [ruleset('ipv4')])).rejects.toMatchObject({ isMissing: true });
  });
});
