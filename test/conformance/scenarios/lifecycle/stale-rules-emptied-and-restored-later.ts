import { apply, fails, reaches, scenario, service, settle, sleep, slice } from '../../builders.ts';

const other = (n: number) => apply(service(`other-${n}`, { ip: `10.96.1.${n}` }), slice(`other-${n}`, ['pod-a']));

export default scenario({
  name: 'a Service whose rules have been cleaned away works when it gets endpoints again',
  why: "upstream: TestSyncProxyRulesRepeated (empty a service's endpoints and restore it). Rules that are no longer used may be removed some time after; coming back they must be made anew, in one go with other changes.",
  objects: [service('web', { ip: '10.96.0.10', externalIPs: ['203.0.113.10'] }), slice('web', ['pod-a', 'remote-a'])],
  steps: [
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
    apply(slice('web', [])),
    settle(),
    sleep(1.5),
    fails('pod-b', '10.96.0.10:80', 'refused', { within: 0 }),
    apply(slice('web', ['pod-a', 'remote-a'])),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
    apply(slice('web', [])),
    settle(),
    sleep(1.5),
    other(1),
    settle(),
    sleep(1.5),
    other(2),
    settle(),
    fails('client', '203.0.113.10:80', 'refused', { within: 0 }),
    apply(slice('web', ['remote-b'])),
    reaches('pod-b', '10.96.0.10:80', 'remote-b'),
    reaches('client', '203.0.113.10:80', 'remote-b'),
    reaches('pod-b', '10.96.1.2:80', 'pod-a'),
  ],
});
