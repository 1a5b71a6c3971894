// What the proxy under test is given: its configuration and its kubeconfig.

import { mergePatch } from './api/merge-patch.ts';
import { CLUSTER_CIDRS } from './hosts.ts';
import { yaml } from './yaml.ts';

export const API_PORT = 6443;
export const HEALTHZ_PORT = 10256;
export const METRICS_PORT = 10249;

export type Mode = 'nftables' | 'ipvs';
/** Settings of a KubeProxyConfiguration, to be merged into the harness's own. */
export type Settings = Readonly<Record<string, unknown>>;

export interface ProxyConfigOptions {
  readonly mode: Mode;
  /** The kubeconfig's path. */
  readonly kubeconfig: string;
  readonly overrides?: Settings | undefined;
}

/** The text of the KubeProxyConfiguration of a scenario. */
export function proxyConfig({ mode, kubeconfig, overrides = {} }: ProxyConfigOptions): string {
  const base = {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    bindAddress: '0.0.0.0',
    clientConnection: { kubeconfig, contentType: 'application/json' },
    clusterCIDR: `${CLUSTER_CIDRS.v4},${CLUSTER_CIDRS.v6}`,
    conntrack: { maxPerCore: 0, min: 0 },
    detectLocalMode: 'ClusterCIDR',
    healthzBindAddress: `0.0.0.0:${HEALTHZ_PORT}`,
    metricsBindAddress: `0.0.0.0:${METRICS_PORT}`,
    mode,
    oomScoreAdj: 0,
    [mode]: { minSyncPeriod: '100ms', syncPeriod: '10s' },
  };
  return yaml(mergePatch(base, overrides));
}

/** A kubeconfig for the API server double in the node's namespace. */
export function kubeconfig(): string {
  return yaml({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'conformance',
        // Plain HTTP; some client libraries want to be told that this is meant.
        cluster: { server: `http://127.0.0.1:${API_PORT}`, 'insecure-skip-tls-verify': true },
      },
    ],
    users: [{ name: 'proxy', user: {} }],
    contexts: [{ name: 'conformance', context: { cluster: 'conformance', user: 'proxy' } }],
    'current-context': 'conformance',
  });
}
