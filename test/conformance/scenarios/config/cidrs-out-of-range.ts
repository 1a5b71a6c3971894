import { scenario } from '../../builders.ts';
import { refused, settings } from '../../operator.ts';

export default scenario({
  name: 'CIDRs that are none, or do not go together, are refused',
  why: 'TestValidateDualStackCIDRStrings, TestValidateKubeProxyNodePortAddress: at most one clusterCIDR of each family; node port addresses are CIDRs or the one word primary.',
  needs: ['nftables'],
  start: false,
  steps: refused(
    'cidrs',
    settings({ clusterCIDR: '10.244.0.0' }),
    settings({ clusterCIDR: '10.244.0.0/33' }),
    settings({ clusterCIDR: 'pods' }),
    settings({ clusterCIDR: '10.244.0.0/16,10.245.0.0/16' }),
    settings({ clusterCIDR: 'fd00:1::/48,fd00:2::/48' }),
    settings({ clusterCIDR: '10.244.0.0/16,fd00:10:244::/48,10.245.0.0/16' }),
    settings({ clusterCIDR: '10.244.0.0/16,' }),
    settings({ nodePortAddresses: ['192.168.100.1'] }),
    settings({ nodePortAddresses: ['192.168.100.0/24', 'fd00::/129'] }),
    settings({ nodePortAddresses: ['somewhere'] }),
    settings({ nodePortAddresses: [''] }),
  ),
});
