import { node, patch, runProxy, scenario } from '../../builders.ts';

export default scenario({
  name: 'in mode NodeCIDR pod CIDRs of only the other family end the proxy with status 1',
  why: 'Test_checkBadIPConfig "wrong-family node.spec.podCIDRs": a fatal misconfiguration.',
  needs: ['ipv6'],
  config: { detectLocalMode: 'NodeCIDR' },
  start: false,
  steps: [
    patch(node(), { spec: { podCIDR: 'fd00:10:244:1::/64', podCIDRs: ['fd00:10:244:1::/64'] } }),
    runProxy([], { exit: 1 }),
  ],
});
