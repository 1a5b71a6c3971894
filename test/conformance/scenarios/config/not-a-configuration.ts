import { scenario } from '../../builders.ts';
import { refused, settings } from '../../operator.ts';

const without = (key: string) =>
  settings()
    .split('\n')
    .filter(line => !line.startsWith(`${key}:`))
    .join('\n');

export default scenario({
  name: 'a file that is no KubeProxyConfiguration of a known version ends the proxy with status 1',
  why: 'TestLoadConfigFailures: text that does not decode, another kind, another or no version, and values of the wrong type are errors.',
  needs: ['nftables'],
  start: false,
  steps: refused(
    'kind',
    'bind: [',
    'just some words',
    '"mode": {',
    '\tmode: nftables',
    settings({ kind: 'KubeletConfiguration' }),
    without('kind'),
    without('apiVersion'),
    settings({ apiVersion: 'kubeproxy.config.k8s.io/v2' }),
    settings({ apiVersion: 'v1', kind: 'ConfigMap' }),
    settings({ conntrack: { maxPerCore: 'many' } }),
    settings({ clusterCIDR: ['10.244.0.0/16'] }),
    settings({ nodePortAddresses: '10.0.0.0/8' }),
    settings({ nftables: { syncPeriod: 'soon' } }),
    settings({ nftables: { masqueradeAll: 'yes please' } }),
    settings({ nftables: 'on' }),
    settings({ configSyncPeriod: '15' }),
    settings({ bindAddress: 12 }),
  ),
});
