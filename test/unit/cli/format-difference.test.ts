import { describe, expect, it } from 'vitest';
import type { Difference } from '../../../src/backend/difference.ts';
import { jsonOf, textOf } from '../../../src/cli/format-difference.ts';

const difference = (more: Partial<Difference>): Difference => ({
  family: 'ipv4',
  kind: 'element',
  in: '',
  name: '',
  owner: undefined,
  kernel: undefined,
  desired: undefined,
  ...more,
});

const DIFFERENCES: readonly Difference[] = [
  difference({ kind: 'table', desired: '' }),
  difference({ kind: 'map', name: 'services', desired: '{ typeof ip daddr : verdict; }' }),
  difference({ kind: 'chain', name: 'reject-chain', desired: '' }),
  difference({ kind: 'chain', name: 'theirs', kernel: '' }),
  difference({ kind: 'rule', in: 'dispatch', kernel: 'drop' }),
  difference({ kind: 'set', family: 'ipv6', name: 'theirs', kernel: '' }),
  difference({ in: 'services', name: '10.96.0.1 . tcp . 80', owner: 'd/web', kernel: 'drop', desired: 'goto x' }),
  difference({ in: 'cluster-ips', name: '10.96.0.1', owner: 'd/web', desired: '' }),
  difference({ in: 'cluster-ips', name: '10.96.0.2', owner: 'd/two', kernel: '' }),
  difference({
    kind: 'virtual-server',
    name: '10.96.0.2 . tcp . 80',
    owner: 'd/two',
    kernel: '-s rr',
    desired: '-s sh -b sh-port',
  }),
  difference({ kind: 'real-server', name: 'fd00::2 . udp . 53 . fd00::9 . 5353', owner: 'd/two', kernel: '-m -w 1' }),
  difference({ in: 'pod-cidrs', name: '10.244.0.0/16', owner: 'node', desired: '' }),
  difference({ in: 'services', name: '10.96.9.9 . tcp . 80', kernel: 'accept' }),
  difference({ kind: 'route', name: '10.96.0.0/16', desired: 'src 192.0.2.1' }),
];

describe('textOf', () => {
  it('is what nft, ipvsadm and ip take to add, with a sign before it, and a heading for each table and owner', () => {
    expect([...textOf(DIFFERENCES)].join('')).toBe(`# table ip kube-proxy
+ table ip kube-proxy
+ map ip kube-proxy services { typeof ip daddr : verdict; }
+ chain ip kube-proxy reject-chain
- chain ip kube-proxy theirs
- rule ip kube-proxy dispatch drop
# table ip6 kube-proxy
- set ip6 kube-proxy theirs
# Service d/web
- element ip kube-proxy services { 10.96.0.1 . tcp . 80 : drop }
+ element ip kube-proxy services { 10.96.0.1 . tcp . 80 : goto x }
+ element ip kube-proxy cluster-ips { 10.96.0.1 }
# Service d/two
- element ip kube-proxy cluster-ips { 10.96.0.2 }
- ipvsadm -A -t 10.96.0.2:80 -s rr
+ ipvsadm -A -t 10.96.0.2:80 -s sh -b sh-port
- ipvsadm -a -u [fd00::2]:53 -r [fd00::9]:5353 -m -w 1
# this node
+ element ip kube-proxy pod-cidrs { 10.244.0.0/16 }
# of no Service
- element ip kube-proxy services { 10.96.9.9 . tcp . 80 : accept }
# routes to ClusterIPs
+ ip route add local 10.96.0.0/16 dev lo table local proto 107 metric 10700 src 192.0.2.1
`);
  });

  it('is nothing where nothing differs', () => {
    expect([...textOf([])]).toEqual([]);
  });
});

describe('jsonOf', () => {
  it('has all fields of each difference, and null for what is not there', () => {
    const text = [...jsonOf(DIFFERENCES)].join('');
    const { differences } = JSON.parse(text) as { differences: unknown[] };
    expect(differences).toHaveLength(DIFFERENCES.length);
    expect(differences[6]).toEqual({
      family: 'ipv4',
      kind: 'element',
      in: 'services',
      name: '10.96.0.1 . tcp . 80',
      owner: 'd/web',
      kernel: 'drop',
      desired: 'goto x',
    });
    expect(differences[8]).toMatchObject({ owner: 'd/two', kernel: '', desired: null });
    expect(differences[4]).toMatchObject({ kind: 'rule', owner: null, name: '' });
    // A line each.
    expect(text.split('\n')).toHaveLength(DIFFERENCES.length + 3);
  });

  it('is an empty list where nothing differs', () => {
    expect([...jsonOf([])].join('')).toBe('{"differences":[]}\n');
  });
});
