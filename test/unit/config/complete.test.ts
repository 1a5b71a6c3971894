import { describe, expect, it } from 'vitest';
import { toConfiguration } from '../../../src/config/complete.ts';
import { defaultDraft } from '../../../src/config/decode.ts';
import { resolveConfiguration } from '../../../src/config/resolve.ts';

const HEAD = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';

describe('the mode and what will not count', () => {
  const rows: readonly (readonly [string, string, object, readonly string[]])[] = [
    [
      'unset is nftables, with NodePorts at primary addresses',
      '',
      { mode: 'nftables', nodePortAddresses: ['primary'], detectLocalMode: 'ClusterCIDR' },
      ['nodePortAddresses'],
    ],
    ['nftables', 'mode: nftables', { mode: 'nftables', nodePortAddresses: ['primary'] }, []],
    [
      'iptables keeps NodePorts everywhere, and warns',
      'mode: iptables',
      { mode: 'iptables', nodePortAddresses: [] },
      ['mode'],
    ],
    ['ipvs', 'mode: ipvs', { mode: 'ipvs', nodePortAddresses: [] }, []],
    [
      'given addresses stay',
      'nodePortAddresses: [10.0.0.0/8]',
      { mode: 'nftables', nodePortAddresses: ['10.0.0.0/8'] },
      [],
    ],
    [
      'settings for Windows are ignored by name',
      'mode: nftables\nwindowsRunAsService: true\nwinkernel: {enableDSR: true, networkName: net, sourceVip: ""}',
      {},
      ['winkernel.networkName', 'winkernel.enableDSR', 'windowsRunAsService'],
    ],
    ['portRange is ignored by name', 'mode: nftables\nportRange: 2-7', { portRange: '2-7' }, ['portRange']],
    [
      'gates that sluice does not have',
      'mode: nftables\nfeatureGates: {MultiCIDRServiceAllocator: true, New: false}',
      {},
      ['featureGates.New'],
    ],
    [
      'the gate of external IPs is one that sluice has, whatever its value',
      'mode: nftables\nfeatureGates: {AllowServiceExternalIPs: false}',
      {},
      [],
    ],
    [
      'settings for iptables that will not count',
      'mode: nftables\niptables: {masqueradeAll: true, masqueradeBit: 3}',
      {},
      ['iptables.masqueradeAll', 'iptables.masqueradeBit'],
    ],
    [
      'the same in both sections',
      'mode: nftables\niptables: {masqueradeAll: true, masqueradeBit: 3}\nnftables: {masqueradeAll: true, masqueradeBit: 3}',
      {},
      [],
    ],
  ];
  it.each(rows)('%s', (_name, body, expected, warned) => {
    const { configuration, warnings } = resolveConfiguration(new Map(), HEAD + body);
    expect(configuration).toMatchObject(expected);
    expect(warnings.map(({ field }) => field)).toEqual(warned);
  });
});

it('toConfiguration takes nothing that was not validated', () => {
  expect(() => toConfiguration({ ...defaultDraft(), mode: 'userspace' })).toThrow(TypeError);
});
