import { describe, expect, it } from 'vitest';
import { removeProxyRules } from '../../../../src/backend/legacy/rule-removal.ts';
import { recordedRules } from './recorded-rules.ts';
import { contentOf, restoreInto, tablesOf } from './restore-rules.ts';

const table = (name: string, ...lines: string[]) => tablesOf([`*${name}`, ...lines, 'COMMIT', ''].join('\n'))[0]!;

/** What is left of a table, and what was told of it. */
const removed = (saved: ReturnType<typeof table>) => {
  const { restore, held } = removeProxyRules(saved);
  const left = restore ? restoreInto(saved, restore) : saved;
  return { left, held, rules: contentOf(left).rules, chains: [...left.chains] };
};

describe('rules of a whole node', () => {
  describe.each(['iptables-mode', 'iptables-mode-ipv6', 'ipvs-mode'])('%s', name => {
    const { all, others } = recordedRules(name);

    it.each(tablesOf(all).map((saved, index) => ({ saved, expected: tablesOf(others)[index]! })))(
      'leaves in table $saved.name what others have made',
      ({ saved, expected }) => {
        const { left, held } = removed(saved);
        expect(contentOf(left)).toEqual(contentOf(expected));
        expect(held).toEqual([]);
      },
    );

    it('finds nothing to remove the second time', () => {
      for (const saved of tablesOf(others)) {
        expect(removeProxyRules(saved)).toEqual({ table: saved.name, restore: '', rules: 0, chains: 0, held: [] });
      }
    });
  });

  it('counts what goes', () => {
    const counts = tablesOf(recordedRules('iptables-mode').all).map(saved => {
      const { table, rules, chains } = removeProxyRules(saved);
      return { table, rules, chains };
    });
    expect(counts).toEqual([
      { table: 'mangle', rules: 0, chains: 1 },
      { table: 'filter', rules: 9, chains: 6 },
      { table: 'nat', rules: 3, chains: 14 },
    ]);
  });
});

it('writes one restore for a table: flush, unlink, delete', () => {
  const saved = table(
    'nat',
    ':PREROUTING ACCEPT [0:0]',
    ':CNI-DN - [0:0]',
    ':KUBE-SERVICES - [0:0]',
    ':KUBE-SVC-A - [0:0]',
    '-A PREROUTING -j CNI-DN',
    '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A KUBE-SERVICES -j KUBE-SVC-A',
  );
  expect(removeProxyRules(saved).restore).toBe(
    [
      '*nat',
      ':KUBE-SERVICES - [0:0]',
      ':KUBE-SVC-A - [0:0]',
      '-D PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
      '-X KUBE-SERVICES',
      '-X KUBE-SVC-A',
      'COMMIT',
      '',
    ].join('\n'),
  );
});

it('deletes each of several jumps that are alike', () => {
  const jump = '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES';
  const saved = table('nat', ':OUTPUT ACCEPT [0:0]', ':KUBE-SERVICES - [0:0]', jump, jump);
  expect(removed(saved)).toMatchObject({ rules: [], chains: ['OUTPUT'], held: [] });
});

describe('chains of kube-proxy in one table are nothing of its own in another', () => {
  it.each([
    { name: 'KUBE-FIREWALL of filter is of kubelet', in: 'filter', chain: 'KUBE-FIREWALL' },
    { name: 'KUBE-MARK-DROP is of kubelet', in: 'nat', chain: 'KUBE-MARK-DROP' },
    { name: 'the hint is of kubelet', in: 'mangle', chain: 'KUBE-IPTABLES-HINT' },
    { name: 'the canary of kubelet', in: 'mangle', chain: 'KUBE-KUBELET-CANARY' },
    { name: 'KUBE-SERVICES of mangle', in: 'mangle', chain: 'KUBE-SERVICES' },
    { name: 'KUBE-SVC- of filter', in: 'filter', chain: 'KUBE-SVC-AAAAAAAAAAAAAAAA' },
    { name: 'hostports of a container runtime', in: 'nat', chain: 'KUBE-HP-AAAAAAAAAAAAAAAA' },
    { name: 'KUBE-HOSTPORTS of a container runtime', in: 'nat', chain: 'KUBE-HOSTPORTS' },
    { name: 'network policies of kube-router', in: 'filter', chain: 'KUBE-POD-FW-AAAAAAAAAAAAAAAA' },
    { name: 'all of table raw', in: 'raw', chain: 'KUBE-SERVICES' },
  ])('$name', ({ in: name, chain }) => {
    const saved = table(name, ':OUTPUT ACCEPT [0:0]', `:${chain} - [0:0]`, `-A OUTPUT -j ${chain}`);
    expect(removeProxyRules(saved)).toMatchObject({ restore: '', held: [] });
  });
});

describe('rules of others that jump to chains of kube-proxy', () => {
  const masquerading = [
    ':OUTPUT ACCEPT [0:0]',
    ':POSTROUTING ACCEPT [0:0]',
    ':CNI-HOSTPORT-SETMARK - [0:0]',
    ':KUBE-MARK-MASQ - [0:0]',
    ':KUBE-POSTROUTING - [0:0]',
    ':KUBE-SERVICES - [0:0]',
    '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
    '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
    '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
    '-A KUBE-POSTROUTING -m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE',
    '-A KUBE-POSTROUTING -m set --match-set mine src -j RETURN',
    '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
    '-A KUBE-POSTROUTING -j MASQUERADE',
    '-A KUBE-SERVICES -j KUBE-MARK-MASQ',
  ];
  const left = [
    '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
    '-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000',
    '-A KUBE-POSTROUTING -m set --match-set mine src -j RETURN',
    '-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN',
    '-A KUBE-POSTROUTING -j MASQUERADE',
  ];

  it.each([
    { name: 'from a chain of theirs', rule: '-A CNI-HOSTPORT-SETMARK -j KUBE-MARK-MASQ' },
    { name: 'from a built-in chain', rule: '-A OUTPUT -d 192.0.2.1/32 -j KUBE-MARK-MASQ' },
  ])('keeps what masquerades for them: $name', ({ rule }) => {
    const result = removed(table('nat', ...masquerading, rule));
    expect(result.rules.toSorted()).toEqual([...left, rule].toSorted());
    expect(result.chains).not.toContain('KUBE-SERVICES');
    expect(result.held).toEqual(['KUBE-MARK-MASQ', 'KUBE-POSTROUTING']);
    expect(removeProxyRules(result.left)).toMatchObject({ restore: '', held: ['KUBE-MARK-MASQ', 'KUBE-POSTROUTING'] });
  });

  it('removes it where nobody else masquerades by it', () => {
    const result = removed(table('nat', ...masquerading));
    expect(result).toMatchObject({ rules: [], chains: ['OUTPUT', 'POSTROUTING', 'CNI-HOSTPORT-SETMARK'], held: [] });
  });

  it('empties any other chain and keeps their rule', () => {
    const saved = table(
      'filter',
      ':FORWARD ACCEPT [0:0]',
      ':mine - [0:0]',
      ':KUBE-FORWARD - [0:0]',
      '-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD',
      '-A FORWARD -j mine',
      '-A mine -i eth7 -g KUBE-FORWARD',
      '-A KUBE-FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT',
    );
    const result = removed(saved);
    expect(result).toMatchObject({
      rules: ['-A FORWARD -j mine', '-A mine -i eth7 -g KUBE-FORWARD'],
      chains: ['FORWARD', 'mine', 'KUBE-FORWARD'],
      held: ['KUBE-FORWARD'],
    });
    expect(removeProxyRules(result.left)).toMatchObject({ restore: '', held: ['KUBE-FORWARD'] });
  });
});
