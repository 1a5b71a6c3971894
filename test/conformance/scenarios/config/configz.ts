import { http, NODE, scenario } from '../../builders.ts';

export default scenario({
  name: '/configz shows the configuration in effect',
  why: 'TestConfigz: the settings in effect, defaults included, as a KubeProxyConfiguration of v1alpha1 under the name of its group.',
  needs: ['nftables'],
  config: { nftables: { masqueradeAll: true, syncPeriod: '7s' }, nodePortAddresses: ['192.168.0.0/16'] },
  steps: [
    http({
      from: 'client',
      url: `http://${NODE.v4}:10249/configz`,
      expect: {
        status: 200,
        headers: { 'Content-Type': 'application/json' },
        json: {
          'kubeproxy.config.k8s.io': {
            kind: 'KubeProxyConfiguration',
            apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
            mode: 'nftables',
            configSyncPeriod: '15m0s',
            detectLocalMode: 'ClusterCIDR',
            clusterCIDR: '10.244.0.0/16,fd00:10:244::/48',
            hostnameOverride: 'node-a',
            nodePortAddresses: ['192.168.0.0/16'],
            nftables: { masqueradeAll: true, syncPeriod: '7s', masqueradeBit: 14 },
            conntrack: { maxPerCore: 0, tcpCloseWaitTimeout: '1h0m0s' },
          },
        },
      },
    }),
  ],
});
