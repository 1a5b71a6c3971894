import { describe, expect, it } from 'vitest';
import type { NodeEntries } from '../../../src/backend/backend.ts';
import type { RulesetOptions } from '../../../src/backend/nftables/schema.ts';
import { nodeEntriesOf, nodeSettingsOf, type FamilyNodeSettings } from '../../../src/cli/node-settings.ts';
import type { Node } from '../../../src/kube/types.ts';
import { FAMILIES, type Family } from '../../../src/model/ip.ts';
import { node } from '../../support/builders.ts';
import { configuration } from '../../support/configuration.ts';

const settings = (fields: string, of: Node | undefined = node(), family: Family = 'ipv4'): FamilyNodeSettings =>
  nodeSettingsOf(configuration(fields), 'node-a', of, FAMILIES).families.get(family)!;

it('nodeSettingsOf tells whether external IPs are to be forwarded', () => {
  const viewOf = (fields: string) => nodeSettingsOf(configuration(fields), 'node-a', node(), FAMILIES).view;
  expect(viewOf('').ignoresExternalIPs).toBeUndefined();
  expect(viewOf('featureGates: {AllowServiceExternalIPs: true}').ignoresExternalIPs).toBeUndefined();
  expect(viewOf('featureGates: {AllowServiceExternalIPs: false}').ignoresExternalIPs).toBe(true);
});

describe('nodeSettingsOf and the ruleset', () => {
  const cases: readonly {
    readonly name: string;
    readonly fields: string;
    readonly node?: Node;
    readonly family?: Family;
    readonly ruleset: Partial<RulesetOptions>;
  }[] = [
    {
      name: 'by default: nobody is told by his address, NodePorts are at the primary address',
      fields: '',
      ruleset: {
        family: 'ipv4',
        localSource: undefined,
        masqueradeAll: false,
        masqueradeMark: 0x4000,
        nodePorts: 'listed',
        affinity: 'learnt',
      },
    },
    { name: 'a cluster CIDR', fields: 'clusterCIDR: 10.244.0.0/16', ruleset: { localSource: 'pod-cidrs' } },
    {
      name: 'a cluster CIDR of the other family',
      fields: 'clusterCIDR: 10.244.0.0/16',
      family: 'ipv6',
      ruleset: { localSource: undefined },
    },
    {
      name: 'pod CIDRs of the Node',
      fields: 'detectLocalMode: NodeCIDR',
      family: 'ipv6',
      ruleset: { localSource: 'pod-cidrs' },
    },
    {
      name: 'a Node without pod CIDRs',
      fields: 'detectLocalMode: NodeCIDR',
      node: node({ podCIDRs: [] }),
      ruleset: { localSource: undefined },
    },
    {
      name: 'interfaces by prefix',
      fields: '{detectLocalMode: InterfaceNamePrefix, detectLocal: {interfaceNamePrefix: veth}}',
      ruleset: { localSource: { interfacePattern: 'veth*' } },
    },
    {
      name: 'a bridge',
      fields: '{detectLocalMode: BridgeInterface, detectLocal: {bridgeInterface: cni0}}',
      ruleset: { localSource: { interfacePattern: 'cni0' } },
    },
    {
      name: 'masquerading',
      fields: 'nftables: {masqueradeAll: true, masqueradeBit: 31}',
      ruleset: { masqueradeAll: true, masqueradeMark: 2 ** 31 },
    },
    {
      name: 'masquerading of mode iptables',
      fields: '{mode: iptables, iptables: {masqueradeBit: 0}}',
      ruleset: { masqueradeMark: 1, nodePorts: 'all' },
    },
    { name: 'NodePorts in a CIDR', fields: 'nodePortAddresses: [192.168.0.0/16]', ruleset: { nodePorts: 'listed' } },
    {
      name: 'NodePorts in a CIDR of the other family',
      fields: 'nodePortAddresses: [192.168.0.0/16]',
      family: 'ipv6',
      ruleset: { nodePorts: 'all' },
    },
    { name: 'a Node without an address', fields: '', node: node({ addresses: [] }), ruleset: { nodePorts: 'all' } },
  ];
  it.each(cases)('$name', ({ fields, node: of, family, ruleset }) => {
    expect(settings(fields, of, family).ruleset).toMatchObject(ruleset);
  });

  it('hashes in the families that cannot learn', () => {
    const { families } = nodeSettingsOf(configuration(), 'node-a', node(), FAMILIES, ['ipv6']);
    expect([...families.values()].map(({ ruleset }) => ruleset.affinity)).toEqual(['learnt', 'hashed']);
  });

  it('serves the families that the kernel has', () => {
    expect([...nodeSettingsOf(configuration(), 'node-a', node(), ['ipv4']).families.keys()]).toEqual(['ipv4']);
  });
});

describe('nodeSettingsOf and the node', () => {
  const cases: readonly {
    readonly name: string;
    readonly fields?: string;
    readonly node: Node | undefined;
    readonly primaryFamily: Family;
    readonly addresses: Record<Family, string | undefined>;
  }[] = [
    {
      name: 'both families',
      node: node(),
      primaryFamily: 'ipv4',
      addresses: { ipv4: '192.168.100.1', ipv6: 'fd00:100::1' },
    },
    {
      name: 'IPv6 first',
      node: node({ addresses: ['FD00:100::1', '192.168.100.1'] }),
      primaryFamily: 'ipv6',
      addresses: { ipv4: '192.168.100.1', ipv6: 'fd00:100::1' },
    },
    { name: 'not known yet', node: undefined, primaryFamily: 'ipv4', addresses: { ipv4: undefined, ipv6: undefined } },
    {
      name: 'no addresses at all',
      node: node({ addresses: ['node-a.example.com'] }),
      primaryFamily: 'ipv4',
      addresses: { ipv4: undefined, ipv6: undefined },
    },
    {
      name: 'bindAddress goes before',
      fields: 'bindAddress: fd00:100::7',
      node: node(),
      primaryFamily: 'ipv6',
      addresses: { ipv4: '192.168.100.1', ipv6: 'fd00:100::7' },
    },
    {
      name: 'loopback is no address',
      node: node({ addresses: ['127.0.0.1'] }),
      primaryFamily: 'ipv4',
      addresses: { ipv4: undefined, ipv6: undefined },
    },
  ];
  it.each(cases)('$name', ({ fields = '', node: of, primaryFamily, addresses }) => {
    const { view, primaryFamily: primary } = nodeSettingsOf(configuration(fields), 'node-a', of, FAMILIES);
    expect(primary).toBe(primaryFamily);
    expect(view).toEqual({ name: 'node-a', zone: of?.zone, addresses });
  });
});

describe('nodeEntriesOf', () => {
  const local = ['127.0.0.1', '::1', '192.168.100.1', '10.0.0.7', 'fd00:100::1', 'fe80::1', '192.168.100.1'];
  const cases: readonly {
    readonly name: string;
    readonly fields: string;
    readonly node?: Node;
    readonly family?: Family;
    readonly serviceCIDRs?: readonly string[];
    readonly local?: readonly string[];
    readonly entries: Partial<NodeEntries>;
  }[] = [
    { name: 'the primary address alone', fields: '', entries: { nodePortAddresses: ['192.168.100.1'] } },
    { name: 'of IPv6, too', fields: '', family: 'ipv6', entries: { nodePortAddresses: ['fd00:100::1'] } },
    {
      name: 'a primary address that is on no interface',
      fields: '',
      local: ['10.0.0.7'],
      entries: { nodePortAddresses: [] },
    },
    {
      name: 'all addresses, sorted, once each, but loopback',
      fields: 'nodePortAddresses: [0.0.0.0/0]',
      entries: { nodePortAddresses: ['10.0.0.7', '192.168.100.1'] },
    },
    {
      name: 'those in a CIDR',
      fields: 'nodePortAddresses: [10.0.0.0/8, 127.0.0.0/8]',
      entries: { nodePortAddresses: ['10.0.0.7'] },
    },
    {
      name: 'what is no address is none',
      fields: 'nodePortAddresses: [0.0.0.0/0]',
      local: ['eth0', ''],
      entries: { nodePortAddresses: [] },
    },
    {
      name: 'pod CIDRs of the configuration',
      fields: 'clusterCIDR: 10.244.3.4/16',
      entries: { podCIDRs: ['10.244.0.0/16'] },
    },
    {
      name: 'pod CIDRs of the Node',
      fields: 'detectLocalMode: NodeCIDR',
      family: 'ipv6',
      entries: { podCIDRs: ['fd00:10:244:1::/64'] },
    },
    {
      name: 'no pod CIDRs where interfaces tell',
      fields: '{detectLocalMode: BridgeInterface, detectLocal: {bridgeInterface: cni0}, clusterCIDR: 10.244.0.0/16}',
      entries: { podCIDRs: [] },
    },
    {
      name: 'Service CIDRs of the family, without those that others cover, and without what is none',
      fields: '',
      serviceCIDRs: ['10.96.8.0/24', '10.96.0.0/16', 'fd00:10:96::/112', 'nonsense', '10.97.0.0/16'],
      entries: { serviceCIDRs: ['10.96.0.0/16', '10.97.0.0/16'] },
    },
    {
      name: 'Service CIDRs of the configuration, in mode ipvs',
      fields: '{mode: ipvs, ipvs: {serviceCIDRs: [10.98.0.0/16, 10.96.8.0/24]}}',
      serviceCIDRs: ['10.96.0.0/16'],
      entries: { serviceCIDRs: ['10.96.0.0/16', '10.98.0.0/16'] },
    },
    {
      name: 'and in no other mode',
      fields: '{mode: nftables, ipvs: {serviceCIDRs: [10.98.0.0/16]}}',
      entries: { serviceCIDRs: [] },
    },
  ];
  it.each(cases)('$name', ({ fields, node: of, family, serviceCIDRs = [], local: addresses = local, entries }) => {
    expect(nodeEntriesOf(settings(fields, of, family), serviceCIDRs, addresses)).toMatchObject(entries);
  });
});
