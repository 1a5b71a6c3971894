import { restartProxy, runProxy, scenario, startProxy, stopProxy } from '../../builders.ts';
import { access, flags } from '../../operator.ts';

export default scenario({
  name: 'feature gates by flag count without a file, and are ignored with one',
  why: 'TestOptionsComplete: whichever of flags and file counts sets the gates; a gate locked to the other value is an error, and so is a value that is none.',
  needs: ['nftables'],
  start: false,
  steps: [
    access(),
    runProxy(flags('--feature-gates=MultiCIDRServiceAllocator=maybe'), { exit: 1 }),
    runProxy(flags('--feature-gates=MultiCIDRServiceAllocator=false'), { exit: 1 }),
    startProxy({ args: flags('--feature-gates=MultiCIDRServiceAllocator=true') }),
    stopProxy(),
    startProxy({ args: ['--feature-gates=NoSuchFeatureGate=true,MultiCIDRServiceAllocator=false'] }),
    restartProxy('SIGTERM', { config: { featureGates: { MultiCIDRServiceAllocator: true } } }),
  ],
});
