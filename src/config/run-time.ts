import type { Configuration } from './schema.ts';

/** What a change of a field asks for while sluice runs: `live` takes effect at once, `none` has no effect at all in any case. */
type Effect = 'live' | 'restart' | 'none';

/** A list and a record without fixed keys are one setting. */
type IsSection<T> = T extends readonly unknown[] | string | number | boolean | undefined
  ? false
  : string extends keyof T
    ? false
    : true;

/** One word for each field; a section of which all is alike may have one for all. A field without a word is an error of the compiler. */
type Effects<T> = {
  readonly [Key in keyof T]-?: IsSection<T[Key]> extends true ? Effects<T[Key]> | Effect | IpvsOnly : Effect | IpvsOnly;
};

/** A restart in mode ipvs, nothing in others. */
type IpvsOnly = 'restart in ipvs';

const masquerading = { masqueradeBit: 'live', masqueradeAll: 'live' } as const;
const periods = { syncPeriodMs: 'live', minSyncPeriodMs: 'live' } as const;

/**
 * What may change at run time. What a mode does not use is `live`, too: it is taken in, and makes no difference. The names are those of
 * the configuration in effect: a duration's ends in Ms.
 */
export const RUN_TIME_EFFECTS: Effects<Configuration> = {
  featureGates: 'restart',
  clientConnection: {
    kubeconfig: 'restart',
    acceptContentTypes: 'none',
    contentType: 'none',
    qps: 'none',
    burst: 'none',
  },
  logging: { format: 'restart', verbosity: 'live', vmodule: 'live', flushFrequencyMs: 'none', options: 'none' },
  hostnameOverride: 'restart',
  bindAddress: 'restart',
  healthzBindAddress: 'restart',
  metricsBindAddress: 'restart',
  bindAddressHardFail: 'restart',
  enableProfiling: 'restart',
  showHiddenMetricsForVersion: 'none',
  mode: 'restart',
  iptables: { ...masquerading, ...periods, localhostNodePorts: 'none' },
  ipvs: {
    ...periods,
    scheduler: 'restart in ipvs',
    excludeCIDRs: 'restart in ipvs',
    strictARP: 'restart in ipvs',
    tcpTimeoutMs: 'restart in ipvs',
    tcpFinTimeoutMs: 'restart in ipvs',
    udpTimeoutMs: 'restart in ipvs',
    schedulerFlags: 'restart in ipvs',
    drainTimeoutMs: 'restart in ipvs',
    sloppyTCP: 'restart in ipvs',
    serviceCIDRs: 'restart in ipvs',
    arpGuard: 'restart in ipvs',
    ipvsadmPath: 'restart in ipvs',
    manageForeign: 'restart in ipvs',
    bridgeFallbackSNAT: 'restart in ipvs',
    weights: 'restart in ipvs',
  },
  nftables: { ...masquerading, ...periods },
  winkernel: 'none',
  detectLocalMode: 'live',
  detectLocal: { bridgeInterface: 'live', interfaceNamePrefix: 'live' },
  clusterCIDR: 'live',
  nodePortAddresses: 'live',
  oomScoreAdj: 'live',
  conntrack: {
    maxPerCore: 'live',
    min: 'live',
    tcpEstablishedTimeoutMs: 'live',
    tcpCloseWaitTimeoutMs: 'live',
    tcpBeLiberal: 'live',
    udpTimeoutMs: 'live',
    udpStreamTimeoutMs: 'live',
  },
  configSyncPeriodMs: 'none',
  portRange: 'none',
  windowsRunAsService: 'none',
  sluice: {
    syncQuietPeriodMs: 'live',
    syncMaxDelayMs: 'live',
    verifyPeriodMs: 'live',
    monitorTables: 'restart',
    runtimeDirectory: 'restart',
    nftPath: 'restart',
  },
};

export interface Changes {
  /** Fields as the file has them. */
  readonly live: readonly string[];
  readonly restart: readonly string[];
  readonly none: readonly string[];
}

/** Which fields of two configurations differ, by what that asks for. */
export function changesBetween(before: Configuration, after: Configuration): Changes {
  const found = { live: [] as string[], restart: [] as string[], none: [] as string[] };
  const isIpvs = before.mode === 'ipvs';
  const visit = (effects: Node, a: unknown, b: unknown, path: string): void => {
    if (JSON.stringify(a) === JSON.stringify(b)) return;
    if (typeof effects === 'string') {
      const effect = effects !== 'restart in ipvs' ? effects : isIpvs ? 'restart' : 'none';
      found[effect].push(path.replace(/Ms$/, ''));
      return;
    }
    for (const [key, inner] of Object.entries(effects)) visit(inner, partOf(a, key), partOf(b, key), `${path}.${key}`);
  };
  for (const [key, effects] of Object.entries(RUN_TIME_EFFECTS)) {
    visit(effects, partOf(before, key), partOf(after, key), key);
  }
  return found;
}

type Node = Effect | IpvsOnly | { readonly [key: string]: Node };

const partOf = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
