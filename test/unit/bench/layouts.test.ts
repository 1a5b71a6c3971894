import { describe, expect, test } from 'vitest';
import { chainPerEndpoint } from '../../../bench/layouts/chain-per-endpoint.ts';
import { mapPerService } from '../../../bench/layouts/map-per-service.ts';

const SIZE = { services: 11, endpointsEach: 3 };
const count = (text: string, pattern: RegExp): number => text.split('\n').filter(line => pattern.test(line)).length;

describe("kube-proxy's layouts", () => {
  test('up to 1.35: a chain for each Service and each endpoint', () => {
    const load = chainPerEndpoint.load(SIZE);
    expect(count(load, /^add chain ip kube-proxy service-[A-Z2-7]{8}-/)).toBe(11);
    expect(count(load, /^add chain ip kube-proxy endpoint-[A-Z2-7]{8}-/)).toBe(33);
    expect(count(load, /numgen random mod 3 vmap \{/)).toBe(11);
    expect(count(load, /^add element ip kube-proxy service-nodeports/)).toBe(2);
  });

  test('1.36 and 1.37: a chain for each Service, with an anonymous map of its endpoints', () => {
    const load = mapPerService.load(SIZE);
    expect(count(load, /^add chain ip kube-proxy service-[A-Z2-7]{8}-/)).toBe(11);
    expect(count(load, /^add chain ip kube-proxy endpoint-[A-Z2-7]{8}-/)).toBe(0);
    expect(count(load, /dnat ip addr \. port to numgen random mod 3 map \{/)).toBe(11);
  });

  test('one endpoint needs no choice in the newer one', () => {
    expect(mapPerService.load({ services: 1, endpointsEach: 1 })).not.toContain('numgen');
  });

  test.each([chainPerEndpoint, mapPerService])('$name: a change is that of one Service', layout => {
    const [first = ''] = layout.change(SIZE, 4, true);
    expect(count(first, /^flush chain ip kube-proxy service-.*service-000004/)).toBe(1);
    expect(first).not.toMatch(/service-00000[0-35-9]/);
    expect(first).not.toBe(layout.change(SIZE, 4, false)[0]);
  });

  test('up to 1.35 the chain of the endpoint that left goes in a transaction of its own', () => {
    const [first = '', second = ''] = chainPerEndpoint.change(SIZE, 4, true);
    const [, gone = ''] = /^delete chain (.+)$/m.exec(second) ?? [];
    expect(gone).not.toBe('');
    expect(first.trimEnd().endsWith(`flush chain ${gone}`)).toBe(true);
    expect(chainPerEndpoint.load(SIZE)).toContain(`add chain ${gone}\n`);
  });
});
