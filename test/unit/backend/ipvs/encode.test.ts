import { describe, expect, it } from 'vitest';
import { encodeAll, encodeLine, type Verb } from '../../../../src/backend/ipvs/encode.ts';
import { formatSettings, formatWeight } from '../../../../src/backend/ipvs/schema.ts';
import type { Entry } from '../../../../src/backend/nftables/schema.ts';

const server = (key: string, value = '-s rr'): Entry => ({ container: 'virtual-servers', key, value });
const real = (key: string, value = '-m -w 1'): Entry => ({ container: 'real-servers', key, value });

describe('encodeLine', () => {
  const cases: readonly { readonly name: string; readonly verb: Verb; readonly entry: Entry; readonly line: string }[] =
    [
      { name: 'a virtual server', verb: 'A', entry: server('10.96.0.1 . tcp . 80'), line: '-A -t 10.96.0.1:80 -s rr' },
      {
        name: 'a change, with all options',
        verb: 'E',
        entry: server('10.96.0.1 . udp . 53', '-s sh -p 60 -b sh-fallback'),
        line: '-E -u 10.96.0.1:53 -s sh -p 60 -b sh-fallback',
      },
      {
        name: 'a removal, without options',
        verb: 'D',
        entry: server('fd00::1 . sctp . 3868'),
        line: '-D --sctp-service [fd00::1]:3868',
      },
      {
        name: 'a real server',
        verb: 'a',
        entry: real('fd00::1 . tcp . 80 . fd00::2 . 8080'),
        line: '-a -t [fd00::1]:80 -r [fd00::2]:8080 -m -w 1',
      },
      {
        name: 'another weight, with the method',
        verb: 'e',
        entry: real('10.96.0.1 . tcp . 80 . 10.244.1.2 . 8080', '-m -w 0'),
        line: '-e -t 10.96.0.1:80 -r 10.244.1.2:8080 -m -w 0',
      },
      {
        name: 'a real server that leaves',
        verb: 'd',
        entry: real('10.96.0.1 . tcp . 80 . 10.244.1.2 . 8080'),
        line: '-d -t 10.96.0.1:80 -r 10.244.1.2:8080',
      },
    ];
  it.each(cases)('$name', ({ verb, entry, line }) => expect(encodeLine(verb, entry)).toBe(line));

  it('makes lines of a whole, and of nothing that is not of IPVS', () => {
    const entries: Entry[] = [
      { container: 'cluster-ips', key: '10.96.0.1', value: '' },
      server('10.96.0.1 . tcp . 80'),
      real('10.96.0.1 . tcp . 80 . 10.244.1.2 . 8080'),
    ];
    expect(encodeAll(entries)).toBe('-A -t 10.96.0.1:80 -s rr\n-a -t 10.96.0.1:80 -r 10.244.1.2:8080 -m -w 1\n');
  });
});

describe('options', () => {
  const cases = [
    { scheduler: 'rr', flags: [], timeoutSeconds: undefined, text: '-s rr' },
    { scheduler: 'sh', flags: ['flag-2', 'flag-1'], timeoutSeconds: 10, text: '-s sh -p 10 -b sh-fallback,sh-port' },
    { scheduler: 'mh', flags: ['flag-2'], timeoutSeconds: undefined, text: '-s mh -b mh-port' },
    { scheduler: 'wrr', flags: ['flag-1', 'flag-3'], timeoutSeconds: undefined, text: '-s wrr -b flag-1,flag-3' },
  ] as const;
  it.each(cases)('$text', ({ text, ...settings }) => expect(formatSettings(settings)).toBe(text));

  it('of a real server', () => expect(formatWeight(0)).toBe('-m -w 0'));
});
