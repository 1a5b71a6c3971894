// What the fake nft and the real one are tried with; all of it in the table `ip kube-proxy`, whose frame is there.

export interface Attempt {
  /** Without the table; several statements have newlines between them. */
  readonly text: string;
  /** What both say; undefined: both take it. */
  readonly refused?: RegExp;
}

const ok = (...texts: string[]): Attempt => ({ text: texts.join('\n') });
const no = (refused: RegExp, ...texts: string[]): Attempt => ({ text: texts.join('\n'), refused });

export const MISSING = /No such file or directory/;
export const EXISTS = /File exists/;
const BUSY = /busy/;
const RANGE = '10.96.0.1 . tcp . 80 . ';

/** By what they are about; those of one group follow each other. */
export const ATTEMPTS: Readonly<Record<string, readonly Attempt[]>> = {
  'elements of maps': [
    ok('add element services { 10.96.0.1 . tcp . 80 : goto cluster-tcp-2, 10.96.0.2 . tcp . 80 : goto cluster-tcp-2 }'),
    ok('add element services { 10.96.0.1 . tcp . 80 : goto cluster-tcp-2 }'),
    no(EXISTS, 'add element services { 10.96.0.1 . tcp . 80 : goto external-tcp-2 }'),
    no(EXISTS, 'add element services { 10.96.0.3 . tcp . 80 : goto cluster-tcp-2, 10.96.0.2 . tcp . 80 : drop }'),
    no(MISSING, 'add element services { 10.96.0.9 . tcp . 80 : goto cluster-tcp-9 }'),
    no(/not supported/, 'add element services { 10.96.0.9 . tcp . 80 : goto nat-prerouting }'),
    no(MISSING, 'delete element services { 10.96.0.9 . tcp . 80 }'),
    no(MISSING, 'delete element services { 10.96.0.1 . tcp . 80, 10.96.0.9 . tcp . 80 }'),
    no(MISSING, 'delete element services { 10.96.0.1 . tcp . 80 }', 'delete element services { 10.96.0.1 . tcp . 80 }'),
    ok(
      'delete element services { 10.96.0.1 . tcp . 80 }',
      'add element services { 10.96.0.1 . tcp . 80 : goto external-tcp-2 }',
    ),
    ok(
      'add element services { 10.96.0.4 . udp . 80 : drop }',
      'delete element services { 10.96.0.4 . udp . 80 }',
      'add element services { 10.96.0.4 . udp . 80 : goto internal-udp-2 }',
    ),
    ok('add element endpoints-tcp { 0 . 10.96.0.1 . 80 : 10.0.0.1 . 8080, 65536 . 10.96.0.1 . 80 : 10.0.0.2 . 8080 }'),
    no(EXISTS, 'add element endpoints-tcp { 0 . 10.96.0.1 . 80 : 10.0.0.1 . 8081 }'),
    ok('add element affinity-tcp { 2656 . 1 . 80 . 192.0.2.1 timeout 3h : 10.0.0.1 . 8080 }'),
    ok('delete element affinity-tcp { 2656 . 1 . 80 . 192.0.2.1 }'),
    no(/./, 'add element services { 10.96.0.999 . tcp . 80 : drop }'),
    no(MISSING, 'add element nothing { 10.96.0.1 }'),
  ],
  'elements of sets': [
    ok('add element cluster-ips { 10.96.0.1, 10.96.0.2 }'),
    ok('add element cluster-ips { 10.96.0.1, 10.96.0.3 }'),
    no(MISSING, 'delete element cluster-ips { 10.96.0.4 }'),
    ok('delete element cluster-ips { 10.96.0.1 }'),
    ok('add element hairpin { 10.0.0.1 . 10.0.0.1 . tcp . 8080 }'),
    ok('add element nodeports { tcp . 30080 : goto nodeport-local-sctp-2-0 }'),
  ],
  intervals: [
    ok('add element service-cidrs { 10.96.0.0/16, 10.98.0.1 }'),
    ok('add element service-cidrs { 10.96.0.0/16 }'),
    no(/overlap/, 'add element service-cidrs { 10.96.0.0/17 }'),
    no(/overlap/, 'add element service-cidrs { 10.96.0.1 }'),
    no(/overlap/, 'add element service-cidrs { 10.96.0.0/15 }'),
    no(/./, 'add element service-cidrs { 10.90.0.0/16, 10.90.0.0/17 }'),
    no(/./, 'delete element service-cidrs { 10.97.0.0/16 }'),
    ok('delete element service-cidrs { 10.96.0.0/16 }', 'add element service-cidrs { 10.96.0.0/15 }'),
    ok('delete element service-cidrs { 10.96.0.0/15 }', 'add element service-cidrs { 10.96.0.0/16, 10.97.0.0/16 }'),
    ok('add element pod-cidrs { 0.0.0.0/0 }'),
  ],
  'intervals in concatenations': [
    ok(`add element source-ranges { ${RANGE}10.0.0.0/8, ${RANGE}192.0.2.1, 10.96.0.2 . tcp . 80 . 0.0.0.0/0 }`),
    ok(`add element source-ranges { ${RANGE}10.0.0.0/8 }`),
    no(EXISTS, `add element source-ranges { ${RANGE}10.1.0.0/16 }`),
    no(EXISTS, `add element source-ranges { ${RANGE}10.1.2.3 }`),
    no(EXISTS, `add element source-ranges { 10.96.0.2 . tcp . 80 . 10.0.0.0/8 }`),
    ok(
      `delete element source-ranges { ${RANGE}10.0.0.0/8 }`,
      `add element source-ranges { ${RANGE}10.1.0.0/16, ${RANGE}10.2.0.0/16 }`,
    ),
    no(MISSING, `delete element source-ranges { ${RANGE}10.0.0.0/8 }`),
    ok(
      `delete element source-ranges { ${RANGE}10.1.0.0/16, ${RANGE}10.2.0.0/16 }`,
      `add element source-ranges { ${RANGE}10.0.0.0/8 }`,
    ),
    ok('add element source-ranges { 10.96.0.3 . tcp . 80 . 10.5.0.0/16, 10.96.0.4 . tcp . 80 . 10.0.0.0/16 }'),
    // The kernel does not see that a new range is around an old one, unless they begin or end together.
    ok('add element source-ranges { 10.96.0.3 . tcp . 80 . 10.0.0.0/8 }'),
    no(EXISTS, 'add element source-ranges { 10.96.0.4 . tcp . 80 . 10.0.0.0/8 }'),
  ],
  chains: [
    no(MISSING, 'flush chain nothing'),
    no(MISSING, 'delete chain nothing'),
    no(MISSING, 'add rule nothing drop'),
    no(MISSING, 'add rule dispatch goto nothing'),
    no(MISSING, 'add rule dispatch ip daddr @nothing drop'),
    no(BUSY, 'delete chain cluster-tcp-2'),
    ok('add element services { 10.96.0.1 . tcp . 80 : goto local-tcp-2-2 }'),
    no(BUSY, 'flush chain local-tcp-2-2', 'delete chain local-tcp-2-2'),
    ok('delete element services { 10.96.0.1 . tcp . 80 }', 'delete chain local-tcp-2-2'),
    ok('flush chain external-tcp-2', 'delete chain external-tcp-2', 'delete chain internal-udp-2'),
    ok(
      'add chain dispatch',
      'flush chain dispatch',
      'add rule dispatch drop',
      'add rule dispatch ip daddr @cluster-ips drop',
    ),
    ok('add chain nat-output { type nat hook output priority -100; policy accept; }', 'add chain nat-output'),
    no(/not supported|already exists/, 'add chain nat-output { type nat hook output priority -90; policy accept; }'),
    no(/exists/, 'add chain nat-output { type filter hook output priority -100; policy accept; }'),
    no(/not supported|already exists/, 'add chain dispatch { type nat hook output priority -100; policy accept; }'),
    ok(
      'flush chain nat-output',
      'delete chain nat-output',
      'add chain nat-output { type nat hook output priority -90; policy accept; }',
      'flush chain nat-output',
      'add rule nat-output jump dispatch',
    ),
  ],
  frame: [
    no(EXISTS, 'add map services { typeof ip daddr : verdict; }'),
    no(EXISTS, 'add set services { typeof ip daddr; }'),
    no(BUSY, 'delete map services'),
    no(MISSING, 'delete set nothing'),
    ok('flush table'),
    ok('delete map services', 'delete set cluster-ips'),
    ok('add set cluster-ips { typeof ip daddr . meta l4proto; }'),
    no(MISSING, 'add element services { 10.96.0.1 . tcp . 80 : drop }'),
  ],
};
