import { describe, expect, it } from 'vitest';
import { affinityMaps, containersOf, isLearnt } from '../../../../src/backend/nftables/schema.ts';

describe.each(['ipv4', 'ipv6'] as const)('isLearnt, %s', family => {
  it('is so for the maps of clients that are pinned, and for nothing else', () => {
    const pins = (['tcp', 'udp', 'sctp'] as const).flatMap(l4 => affinityMaps(family, l4)).map(({ name }) => name);
    const learnt = containersOf(family).filter(({ name }) => isLearnt(name));
    expect(learnt.map(({ name }) => name)).toEqual(pins);
  });
});
