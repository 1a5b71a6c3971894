/**
 * The chains that kube-proxy's modes iptables and ipvs make, by table of iptables. Not among them, since kubelet makes
 * them: KUBE-FIREWALL of `filter`, KUBE-MARK-DROP, KUBE-IPTABLES-HINT, KUBE-KUBELET-CANARY.
 * Kubernetes behaviour: pkg/proxy/iptables/cleanup.go; pkg/proxy/ipvs/proxier.go, iptablesCleanupChains, back to 1.19.
 */
const PROXY_CHAINS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  [
    'nat',
    new Set([
      'KUBE-SERVICES',
      'KUBE-NODEPORTS',
      'KUBE-POSTROUTING',
      'KUBE-MARK-MASQ',
      'KUBE-PROXY-CANARY',
      'KUBE-NODE-PORT',
      'KUBE-LOAD-BALANCER',
      // Mode ipvs before 1.26, for source ranges. Kubelet's chain of this name is in `filter`.
      'KUBE-FIREWALL',
    ]),
  ],
  [
    'filter',
    new Set([
      'KUBE-SERVICES',
      'KUBE-EXTERNAL-SERVICES',
      'KUBE-NODEPORTS',
      'KUBE-FORWARD',
      'KUBE-PROXY-FIREWALL',
      'KUBE-PROXY-CANARY',
      'KUBE-NODE-PORT',
      'KUBE-SOURCE-RANGES-FIREWALL',
      'KUBE-IPVS-FILTER',
      'KUBE-IPVS-OUT-FILTER',
    ]),
  ],
  ['mangle', new Set(['KUBE-PROXY-CANARY'])],
]);

/** In `nat`, one of each for a Service or an endpoint. KUBE-XLB is what KUBE-EXT was before 1.24. */
const SERVICE_CHAIN = /^KUBE-(?:SVC|SVL|SEP|EXT|FW|XLB)-/;

/** Whether this chain is one of kube-proxy's. */
export const isProxyChain = (table: string, chain: string): boolean =>
  PROXY_CHAINS.get(table)?.has(chain) === true || (table === 'nat' && SERVICE_CHAIN.test(chain));

const ENTRY_CHAINS: ReadonlySet<string> = new Set([
  'KUBE-SERVICES',
  'KUBE-EXTERNAL-SERVICES',
  'KUBE-NODEPORTS',
  'KUBE-POSTROUTING',
  'KUBE-FORWARD',
  'KUBE-PROXY-FIREWALL',
  'KUBE-NODE-PORT',
  'KUBE-IPVS-FILTER',
  'KUBE-IPVS-OUT-FILTER',
]);

/**
 * Whether kube-proxy jumps from built-in chains to this one of its own. A jump from there to another one is somebody
 * else's.
 */
export const isEntryChain = (chain: string): boolean => ENTRY_CHAINS.has(chain);

/**
 * Marks a packet for masquerading. CNI plugins (portmap's `externalSetMarkChain`) and container runtimes jump to it,
 * too.
 */
export const MARK_CHAIN = 'KUBE-MARK-MASQ';

/** Masquerades what is marked. */
export const MASQUERADE_CHAIN = 'KUBE-POSTROUTING';
