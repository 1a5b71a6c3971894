import * as z from 'zod';
import type { DeepReadonly } from './frozen.ts';
import { duration, flag, int32, text } from './field-types.ts';
import { clientConnectionSchema } from './sections/client-connection.ts';
import { conntrackSchema } from './sections/conntrack.ts';
import { detectLocalSchema, type LocalMode } from './sections/detect-local.ts';
import { iptablesSchema } from './sections/iptables.ts';
import { ipvsSchema } from './sections/ipvs.ts';
import { loggingSchema } from './sections/logging.ts';
import { nftablesSchema } from './sections/nftables.ts';
import { sluiceSchema } from './sections/sluice.ts';
import { winkernelSchema } from './sections/winkernel.ts';
import { withDefaultPort } from './host-port.ts';
import { parseAddress } from '../model/ip.ts';

export const GROUP = 'kubeproxy.config.k8s.io';
export const API_VERSION = `${GROUP}/v1alpha1`;
export const KIND = 'KubeProxyConfiguration';

export const HEALTHZ_PORT = 10_256;
export const METRICS_PORT = 10_249;

export const PROXY_MODES = ['iptables', 'ipvs', 'nftables'] as const;
export type ProxyMode = (typeof PROXY_MODES)[number];

export const isProxyMode = (word: string): word is ProxyMode => PROXY_MODES.some(mode => mode === word);

const CONFIG_SYNC_PERIOD_MS = 15 * 60_000;

/**
 * KubeProxyConfiguration v1alpha1, with kube-proxy's defaults (pkg/proxy/apis/config/v1alpha1/defaults.go); `kind` and
 * `apiVersion` are looked at before. Words and ranges are for validate.ts, which judges flags, too.
 */
export const fileSchema = z
  .strictObject({
    featureGates: z.record(z.string(), z.boolean()).default({}),
    clientConnection: clientConnectionSchema.prefault({}),
    logging: loggingSchema.prefault({}),
    hostnameOverride: text,
    bindAddress: text,
    healthzBindAddress: text,
    metricsBindAddress: text,
    bindAddressHardFail: flag,
    enableProfiling: flag,
    showHiddenMetricsForVersion: text,
    mode: text,
    iptables: iptablesSchema.prefault({}),
    ipvs: ipvsSchema.prefault({}),
    nftables: nftablesSchema.prefault({}),
    winkernel: winkernelSchema.prefault({}),
    detectLocalMode: text,
    detectLocal: detectLocalSchema.prefault({}),
    clusterCIDR: text,
    nodePortAddresses: z.array(z.string()).default([]),
    oomScoreAdj: int32.default(-999),
    conntrack: conntrackSchema.prefault({}),
    configSyncPeriod: duration.optional(),
    portRange: text,
    windowsRunAsService: flag,
    sluice: sluiceSchema.prefault({}),
  })
  .transform(({ configSyncPeriod, ...file }) => ({
    ...file,
    ...defaultAddresses(file),
    configSyncPeriodMs: configSyncPeriod || CONFIG_SYNC_PERIOD_MS,
  }));

interface Addresses {
  readonly bindAddress: string;
  readonly healthzBindAddress: string;
  readonly metricsBindAddress: string;
}

/** Empty addresses are of the family of bindAddress; a missing port is put in. */
function defaultAddresses({ bindAddress, healthzBindAddress, metricsBindAddress }: Addresses) {
  const address = bindAddress || '0.0.0.0';
  const isIPv4 = parseAddress(address)?.family === 'ipv4';
  return {
    bindAddress: address,
    /** Undefined: no such server. */
    healthzBindAddress: withDefaultPort(healthzBindAddress || (isIPv4 ? '0.0.0.0' : '::'), HEALTHZ_PORT) as
      string | undefined,
    metricsBindAddress: withDefaultPort(metricsBindAddress || (isIPv4 ? '127.0.0.1' : '::1'), METRICS_PORT),
  };
}

/** With its defaults, but not yet judged; flags write into it. */
export type Draft = z.output<typeof fileSchema>;

/**
 * The configuration in effect: complete, valid and frozen. Durations are milliseconds; addresses and CIDRs that are in use
 * are canonical.
 */
export type Configuration = DeepReadonly<
  Omit<Draft, 'mode' | 'detectLocalMode'> & {
    /** As asked for, nftables where nothing was. What follows from it is in forwarding-settings.ts. */
    mode: ProxyMode;
    detectLocalMode: LocalMode;
  }
>;
