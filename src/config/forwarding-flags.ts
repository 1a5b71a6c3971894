import { flagsOf, type ConfigurationFlag } from './flag-definition.ts';
import { syncPeriods } from './forwarding-settings.ts';
import type { Draft } from './schema.ts';

const forwarding = flagsOf('Forwarding');

/** The section that the mode has its masquerading from: mode ipvs has that of iptables. */
const masqueradingOf = (draft: Draft) => (syncPeriods(draft).section === 'nftables' ? draft.nftables : draft.iptables);

/** The flags for iptables count in every mode but ipvs. */
const syncOf = (draft: Draft) =>
  draft.mode === 'iptables' ? draft.iptables : draft.mode === 'ipvs' ? undefined : draft.nftables;

/** Flags about the mode and what it makes of Services. The mode is first: it decides where others land. */
export const FORWARDING_FLAGS: readonly ConfigurationFlag[] = [
  forwarding(
    'string',
    'proxy-mode',
    'mode',
    'nftables (default), ipvs, or iptables, for which nftables is run',
    (draft, mode) => {
      draft.mode = mode;
    },
  ),
  forwarding(
    'string',
    'detect-local-mode',
    'detectLocalMode',
    'how local pods are told: ClusterCIDR (default), NodeCIDR, BridgeInterface, InterfaceNamePrefix',
    (draft, mode) => {
      draft.detectLocalMode = mode;
    },
  ),
  forwarding(
    'string',
    'cluster-cidr',
    'clusterCIDR',
    'addresses of all pods, one CIDR for each family; for mode ClusterCIDR',
    (draft, cidrs) => {
      draft.clusterCIDR = cidrs;
    },
  ),
  forwarding(
    'string',
    'pod-bridge-interface',
    'detectLocal.bridgeInterface',
    "name of the pods' bridge; for mode BridgeInterface",
    (draft, name) => {
      draft.detectLocal.bridgeInterface = name;
    },
  ),
  forwarding(
    'string',
    'pod-interface-name-prefix',
    'detectLocal.interfaceNamePrefix',
    "how the names of the pods' interfaces begin; for mode InterfaceNamePrefix",
    (draft, prefix) => {
      draft.detectLocal.interfaceNamePrefix = prefix;
    },
  ),
  forwarding(
    'list',
    'nodeport-addresses',
    'nodePortAddresses',
    'CIDRs of the local addresses that NodePorts are at, or primary (default): the addresses of the Node object',
    (draft, entries) => {
      draft.nodePortAddresses = [...entries];
    },
  ),
  forwarding(
    'boolean',
    'masquerade-all',
    ['nftables.masqueradeAll', 'iptables.masqueradeAll'],
    'masquerade all traffic to ClusterIPs',
    (draft, all) => {
      masqueradingOf(draft).masqueradeAll = all;
    },
  ),
  forwarding(
    'int32',
    'iptables-masquerade-bit',
    'iptables.masqueradeBit',
    'bit of the packet mark, in modes iptables and ipvs (default 14)',
    (draft, bit) => {
      draft.iptables.masqueradeBit = bit;
    },
  ),
  forwarding(
    'boolean',
    'iptables-localhost-nodeports',
    'iptables.localhostNodePorts',
    'has no effect: NodePorts are never at loopback addresses',
    (draft, on) => {
      draft.iptables.localhostNodePorts = on;
    },
  ),
  forwarding(
    'duration',
    'iptables-sync-period',
    ['iptables.syncPeriod', 'nftables.syncPeriod'],
    'time until a failed change is tried again, in all modes but ipvs (default 30s)',
    (draft, ms) => {
      const section = syncOf(draft);
      if (section) section.syncPeriodMs = ms;
    },
  ),
  forwarding(
    'duration',
    'iptables-min-sync-period',
    ['iptables.minSyncPeriod', 'nftables.minSyncPeriod'],
    'least time between two changes, in all modes but ipvs; not set: as short as sluice.syncQuietPeriod',
    (draft, ms) => {
      const section = syncOf(draft);
      if (section) section.minSyncPeriodMs = ms;
    },
  ),
];
