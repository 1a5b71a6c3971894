import { scenario } from '../../builders.ts';
import { refused, settings } from '../../operator.ts';

export default scenario({
  name: 'addresses that are none are refused',
  why: 'TestValidateKubeProxyConfiguration, TestValidateHostPort: bind addresses must be addresses, with a port between 1 and 65535.',
  needs: ['nftables'],
  start: false,
  steps: refused(
    'addresses',
    settings({ bindAddress: '10.10.12.11:2000' }),
    settings({ bindAddress: 'node-a' }),
    settings({ healthzBindAddress: 'fe80::12:10256x' }),
    settings({ healthzBindAddress: '0.0.0.0:0' }),
    settings({ healthzBindAddress: '0.0.0.0:65536' }),
    settings({ healthzBindAddress: 'localhost:10256' }),
    settings({ healthzBindAddress: ':10256' }),
    settings({ metricsBindAddress: '0.0.0.0:http' }),
    settings({ metricsBindAddress: '127.0.0.256:10249' }),
    settings({ metricsBindAddress: '0.0.0.0:-1' }),
  ),
});
