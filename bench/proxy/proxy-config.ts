import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { NODE_NAME, POD_CIDR } from '../cluster/addressing.ts';

export const API_HOST = '127.0.0.1';
export const API_PORT = 6443;

export type Mode = 'nftables' | 'iptables' | 'ipvs';

/**
 * Writes a kubeconfig and a KubeProxyConfiguration with kube-proxy's own defaults wherever they matter here.
 * @returns the arguments that make a proxy use them
 */
export function writeProxyConfig(directory: string, mode: Mode, minSyncPeriod: string | undefined): readonly string[] {
  const kubeconfig = join(directory, 'kubeconfig');
  const config = join(directory, 'config.yaml');
  writeFileSync(
    kubeconfig,
    stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'bench', cluster: { server: `http://${API_HOST}:${API_PORT}` } }],
      users: [{ name: 'proxy', user: {} }],
      contexts: [{ name: 'bench', context: { cluster: 'bench', user: 'proxy' } }],
      'current-context': 'bench',
    }),
  );
  writeFileSync(
    config,
    stringify({
      apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
      kind: 'KubeProxyConfiguration',
      clientConnection: { kubeconfig, contentType: 'application/json' },
      clusterCIDR: POD_CIDR,
      // Sysctls of the machine, not of a namespace.
      conntrack: { maxPerCore: 0, min: 0 },
      detectLocalMode: 'ClusterCIDR',
      mode,
      oomScoreAdj: 0,
      ...(minSyncPeriod === undefined ? {} : { [mode]: { minSyncPeriod } }),
    }),
  );
  return [`--config=${config}`, `--hostname-override=${NODE_NAME}`];
}
