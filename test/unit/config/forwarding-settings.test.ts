import { expect, it } from 'vitest';
import { forwardingSettings } from '../../../src/config/forwarding-settings.ts';
import { resolveConfiguration } from '../../../src/config/resolve.ts';

const SECTIONS = `apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
iptables: {masqueradeBit: 1, masqueradeAll: true, syncPeriod: 11s, minSyncPeriod: 1s}
nftables: {masqueradeBit: 2, masqueradeAll: false, syncPeriod: 12s, minSyncPeriod: 2s}
ipvs: {syncPeriod: 13s, minSyncPeriod: 3s}
`;
const ofIptables = { masqueradeBit: 1, masqueradeAll: true };

it.each([
  ['', { backend: 'nftables', masqueradeBit: 2, masqueradeAll: false, syncPeriodMs: 12_000, minSyncPeriodMs: 2000 }],
  [
    'nftables',
    { backend: 'nftables', masqueradeBit: 2, masqueradeAll: false, syncPeriodMs: 12_000, minSyncPeriodMs: 2000 },
  ],
  ['iptables', { backend: 'nftables', ...ofIptables, syncPeriodMs: 11_000, minSyncPeriodMs: 1000 }],
  ['ipvs', { backend: 'ipvs', ...ofIptables, syncPeriodMs: 13_000, minSyncPeriodMs: 3000 }],
])('mode "%s" has its settings from its own section', (mode, expected) => {
  const { configuration } = resolveConfiguration(new Map(), `${SECTIONS}mode: "${mode}"`);
  expect(forwardingSettings(configuration)).toEqual(expected);
});

it.each([
  ['not set', '', undefined],
  ['zero in the file', 'nftables: {minSyncPeriod: 0s}', undefined],
  ["kube-proxy's default, but set", 'nftables: {minSyncPeriod: 1s}', 1000],
])('minSyncPeriod: %s', (_name, body, expected) => {
  const head = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';
  expect(forwardingSettings(resolveConfiguration(new Map(), head + body).configuration).minSyncPeriodMs).toBe(expected);
});

it('minSyncPeriod by flag is set, zero as well', () => {
  const { configuration } = resolveConfiguration(new Map([['iptables-min-sync-period', ['0s']]]), undefined);
  expect(forwardingSettings(configuration).minSyncPeriodMs).toBe(0);
});
