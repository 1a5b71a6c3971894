import { scenario } from '../../builders.ts';
import { refused, settings } from '../../operator.ts';

export default scenario({
  name: 'words that stand for nothing are refused',
  why: 'TestValidateDetectLocalConfiguration and its like: modes, formats and versions must be known ones, and a mode must have what it needs.',
  needs: ['nftables'],
  start: false,
  steps: refused(
    'words',
    settings({ detectLocalMode: 'Guess' }),
    settings({ detectLocalMode: 'clusterCIDR' }),
    settings({ detectLocalMode: 'BridgeInterface' }),
    settings({ detectLocalMode: 'InterfaceNamePrefix', detectLocal: { bridgeInterface: 'br0' } }),
    settings({ mode: 'nftable' }),
    settings({ mode: 'userspace' }),
    settings({ mode: 'NFTables' }),
    settings({ featureGates: { MultiCIDRServiceAllocator: 'perhaps' } }),
    settings({ logging: { format: 'xml' } }),
    settings({ showHiddenMetricsForVersion: 'latest' }),
  ),
});
