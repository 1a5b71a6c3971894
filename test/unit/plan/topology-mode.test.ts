import { describe, expect, it } from 'vitest';
import { isHintedFor, topologyModeOf } from '../../../src/plan/topology-mode.ts';
import { DRAINING, endpoint, NOT_READY, nodeView } from '../../support/builders.ts';

const hinted = (nodeHints: string[], zoneHints: string[], conditions = {}) =>
  endpoint({ nodeHints, zoneHints, ...conditions });

describe('topologyModeOf (3.5)', () => {
  it.each([
    { name: 'no endpoints', endpoints: [], mode: 'none' },
    { name: 'no hints', endpoints: [hinted([], []), hinted([], [])], mode: 'none' },
    { name: 'zone hints', endpoints: [hinted([], ['zone-a']), hinted([], ['zone-b'])], mode: 'prefer-same-zone' },
    { name: 'several zones in a hint', endpoints: [hinted([], ['zone-b', 'zone-a'])], mode: 'prefer-same-zone' },
    { name: 'one without a zone hint', endpoints: [hinted([], ['zone-a']), hinted([], [])], mode: 'none' },
    { name: 'none for this zone', endpoints: [hinted([], ['zone-b']), hinted([], ['zone-c'])], mode: 'none' },
    { name: 'node hints', endpoints: [hinted(['node-a'], []), hinted(['node-b'], [])], mode: 'prefer-same-node' },
    {
      name: 'node hints go before zone hints',
      endpoints: [hinted(['node-a'], ['zone-a']), hinted(['node-b'], ['zone-a'])],
      mode: 'prefer-same-node',
    },
    {
      name: 'one without a node hint',
      endpoints: [hinted(['node-a'], ['zone-a']), hinted([], ['zone-b'])],
      mode: 'prefer-same-zone',
    },
    {
      name: 'none for this node',
      endpoints: [hinted(['node-b'], ['zone-a']), hinted(['node-c'], ['zone-b'])],
      mode: 'prefer-same-zone',
    },
    { name: 'none for this node nor this zone', endpoints: [hinted(['node-b'], ['zone-b'])], mode: 'none' },
    { name: 'node hints without zone hints, none for this node', endpoints: [hinted(['node-b'], [])], mode: 'none' },
    {
      name: 'unready ones without hints void nothing',
      endpoints: [hinted([], ['zone-a']), hinted([], [], NOT_READY)],
      mode: 'prefer-same-zone',
    },
    {
      name: 'hints of unready ones for this zone are none',
      endpoints: [hinted([], ['zone-b']), hinted([], ['zone-a'], DRAINING)],
      mode: 'none',
    },
    {
      name: 'hints of unready ones for this node are none',
      endpoints: [hinted(['node-b'], []), hinted(['node-a'], [], DRAINING)],
      mode: 'none',
    },
    { name: 'nothing ready (E-35)', endpoints: [hinted(['node-a'], ['zone-a'], DRAINING)], mode: 'none' },
  ])('$name: $mode', ({ endpoints, mode }) => {
    expect(topologyModeOf(endpoints, nodeView())).toBe(mode);
    expect(topologyModeOf(endpoints.toReversed(), nodeView())).toBe(mode);
  });

  it.each([
    { name: 'zone hints do not count', endpoints: [hinted([], ['zone-a'])], mode: 'none' },
    { name: 'node hints do', endpoints: [hinted(['node-a'], ['zone-a'])], mode: 'prefer-same-node' },
  ])('without a zone, $name (E-36)', ({ endpoints, mode }) => {
    expect(topologyModeOf(endpoints, nodeView({ zone: undefined }))).toBe(mode);
  });

  it('matches no empty node name', () => {
    expect(topologyModeOf([hinted([''], [])], nodeView({ name: '' }))).toBe('none');
  });
});

describe('isHintedFor', () => {
  const one = hinted(['node-a'], ['zone-b']);
  it.each([
    { mode: 'none', is: true },
    { mode: 'prefer-same-node', is: true },
    { mode: 'prefer-same-zone', is: false },
  ] as const)('$mode: $is', ({ mode, is }) => {
    expect(isHintedFor(one, mode, nodeView())).toBe(is);
  });
});
