import { describe, expect, it } from 'vitest';
import { isLocalTo, nodeViewOf } from '../../../src/plan/node-view.ts';
import { endpoint, node, nodeView } from '../../support/builders.ts';

describe('nodeViewOf', () => {
  const none = { ipv4: undefined, ipv6: undefined };

  it.each([
    { name: 'no addresses', given: [], addresses: none },
    {
      name: 'one of each family',
      given: ['192.168.100.1', 'fd00:100::1'],
      addresses: { ipv4: '192.168.100.1', ipv6: 'fd00:100::1' },
    },
    {
      name: 'the first of a family is the primary one',
      given: ['fd00:100::1', '192.168.100.1', '10.0.0.1'],
      addresses: { ipv4: '192.168.100.1', ipv6: 'fd00:100::1' },
    },
    {
      name: 'canonical',
      given: ['192.168.100.001', 'FD00:100:0::1'],
      addresses: { ipv4: '192.168.100.1', ipv6: 'fd00:100::1' },
    },
    { name: 'loopback stands for unknown', given: ['127.0.0.1', '::1'], addresses: none },
    { name: 'no address at all', given: ['node-a.example.com', ''], addresses: none },
  ])('takes $name', ({ given, addresses }) => {
    expect(nodeViewOf('node-a', node(), given)).toEqual({ name: 'node-a', zone: 'zone-a', addresses });
  });

  it.each([
    { name: 'of the label', given: node({ zone: 'zone-b' }), zone: 'zone-b' },
    { name: 'without the label (E-36)', given: node({ zone: undefined }), zone: undefined },
    { name: 'with an empty label', given: node({ zone: '' }), zone: undefined },
    { name: 'of a node that is not known', given: undefined, zone: undefined },
  ])('tells the zone $name', ({ given, zone }) => {
    expect(nodeViewOf('node-a', given, []).zone).toBe(zone);
  });

  it('goes by the name that it was given, not by that of the object (E-48)', () => {
    expect(nodeViewOf('override', node(), []).name).toBe('override');
  });
});

describe('isLocalTo', () => {
  it.each([
    { name: 'on this node', view: nodeView(), nodeName: 'node-a', is: true },
    { name: 'on another', view: nodeView(), nodeName: 'node-b', is: false },
    { name: 'in another case (E-48)', view: nodeView(), nodeName: 'Node-A', is: false },
    { name: 'nowhere', view: nodeView(), nodeName: '', is: false },
    { name: 'nowhere, and neither is this node', view: nodeView({ name: '' }), nodeName: '', is: false },
  ])('$name: $is', ({ view, nodeName, is }) => {
    expect(isLocalTo(view, endpoint({ nodeName }))).toBe(is);
  });
});
