import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodeLine } from '../../../../src/backend/ipvs/encode.ts';
import { parseSaved } from '../../../../src/backend/ipvs/parse.ts';

/** Of ipvsadm 1.31 on Linux 6.1. */
const recorded = readFileSync(join(import.meta.dirname, 'recorded/ipvsadm-1.31-saved.txt'), 'utf8');

describe('parseSaved', () => {
  it('reads what ipvsadm printed', () => {
    const content = parseSaved(recorded);
    expect(Object.fromEntries(content.get('virtual-servers') ?? [])).toEqual({
      '10.96.0.1 . tcp . 80': '-s rr',
      '10.96.0.1 . tcp . 443': '-s wlc -p 10800',
      '10.96.0.11 . tcp . 80': '-s mh -p 60 -b mh-fallback,mh-port',
      '10.96.0.12 . tcp . 80': '-s rr -b flag-1,flag-3',
      '10.96.0.14 . tcp . 80': '-s sh -p 100 -M 255.255.255.0 -b sh-fallback,sh-port',
      '10.96.0.15 . tcp . 80': '-s rr',
      '10.96.0.10 . udp . 53': '-s sh -b sh-fallback',
      '10.96.0.13 . sctp . 3868': '-s rr',
      'fd00:10:96::1 . tcp . 80': '-s rr -p 10800',
    });
    expect(Object.fromEntries(content.get('real-servers') ?? [])).toEqual({
      '10.96.0.1 . tcp . 80 . 10.244.1.2 . 8080': '-m -w 1',
      '10.96.0.1 . tcp . 80 . 10.244.1.3 . 8080': '-m -w 0',
      '10.96.0.10 . udp . 53 . 10.244.1.2 . 53': '-m -w 1',
      '10.96.0.13 . sctp . 3868 . 10.244.1.2 . 3868': '-m -w 1',
      'fd00:10:96::1 . tcp . 80 . fd00:10:244::2 . 8080': '-m -w 1',
      '10.96.0.15 . tcp . 80 . 10.244.1.9 . 80': '-g -w 3',
      '10.96.0.15 . tcp . 80 . 10.244.1.10 . 80': '-i -w 3 --tun-type ipip',
    });
  });

  it('reads everything but what is of packet marks, and each line comes out as it was', () => {
    const content = parseSaved(recorded);
    const lines = [...content].flatMap(([container, entries]) =>
      [...entries].map(([key, value]) =>
        encodeLine(container === 'virtual-servers' ? 'A' : 'a', { container, key, value }),
      ),
    );
    const ours = recorded.split('\n').filter(line => line && !line.includes(' -f '));
    expect(lines.toSorted()).toEqual(ours.map(line => line.trimEnd()).toSorted());
  });

  it('has canonical addresses', () => {
    const content = parseSaved('-A -t [FD00:0010:96::0001]:80 -s rr\n');
    expect([...content.get('virtual-servers')!.keys()]).toEqual(['fd00:10:96::1 . tcp . 80']);
  });

  const bad = [
    { name: 'a line of another program', line: 'IP Virtual Server version 1.2.1' },
    { name: 'an address that is none', line: '-A -t 10.96.0.300:80 -s rr' },
    { name: 'a port by name', line: '-A -t 10.96.0.1:http -s rr' },
    { name: 'a real server that is none', line: '-a -t 10.96.0.1:80 -r somewhere -m -w 1' },
  ];
  it.each(bad)('refuses $name', ({ line }) => {
    expect(() => parseSaved(`${line}\n`)).toThrow(line);
  });

  it('takes nothing for nothing', () => {
    expect([...parseSaved('').values()].map(({ size }) => size)).toEqual([0, 0]);
  });
});
