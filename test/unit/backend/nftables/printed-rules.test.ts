import { expect, it } from 'vitest';
import { printedRules } from '../../../../src/backend/nftables/printed-rules.ts';

it('the rules of a chain as nft prints them, without what it is declared with', () => {
  const listing = `table ip kube-proxy {
\tchain filter-input {
\t\tcomment "ours"
\t\ttype filter hook input priority filter; policy accept;
\t\tip saddr { 192.0.2.1, 192.0.2.2 } drop comment "theirs"
\t\tct state new jump availability-check
\t}
}
`;
  expect(printedRules(listing)).toEqual([
    'ip saddr { 192.0.2.1, 192.0.2.2 } drop comment "theirs"',
    'ct state new jump availability-check',
  ]);
});
