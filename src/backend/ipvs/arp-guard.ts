import { TABLE } from '../nftables/schema.ts';

/** A table of its own: those of `ip` see no ARP. */
const GUARD = `arp ${TABLE}`;

export const GUARD_RULE = 'arp operation request arp daddr ip @service-ips drop';

/**
 * Text for nft that keeps this host from answering ARP requests for these addresses: they are local to each node, and none of them has
 * them alone. All that was in the table is replaced. (Requests for IPv6 neighbours the kernel does not answer.)
 * @param cidrs without those that others cover; empty: the table goes
 */
export function encodeArpGuard(cidrs: readonly string[]): string {
  const remove = `add table ${GUARD}\ndelete table ${GUARD}\n`;
  if (!cidrs.length) return remove;
  return `${remove}table ${GUARD} {
  set service-ips {
    typeof arp daddr ip
    flags interval
    elements = { ${cidrs.join(', ')} }
  }
  chain input {
    type filter hook input priority 0; policy accept;
    ${GUARD_RULE}
  }
}
`;
}
