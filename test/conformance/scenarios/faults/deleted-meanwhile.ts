import { api, fails, probe, reaches, remove, scenario, service, serviceCIDR, slice } from '../../builders.ts';

const gone = service('gone', { ip: '10.96.0.11', externalIPs: ['203.0.113.11'] });
const second = slice('web', ['remote-a'], { name: 'web-2' });
const within = 40;

export default scenario({
  name: 'what was deleted while the proxy could not see it is gone when it can again',
  why: 'A deletion that no watch told must be found by the next list: of Services, of slices and (where kube-proxy stumbles over the tombstone) of ServiceCIDRs.',
  objects: [
    serviceCIDR(),
    service('web', { ip: '10.96.0.10' }),
    slice('web', ['pod-a']),
    second,
    gone,
    slice('gone', ['pod-a']),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a']),
    reaches('client', '203.0.113.11:80', 'pod-a'),
    probe({ from: 'pod-b', to: '10.96.77.77:80', expect: 'timeout' }),
    api.stop(),
    remove(gone, second, serviceCIDR()),
    api.expire(),
    api.start(),
    fails('pod-b', '10.96.0.11:80', 'unreachable', { within }),
    fails('client', '203.0.113.11:80', 'unreachable'),
    reaches('pod-b', '10.96.0.10:80', 'pod-a', { attempts: 20, stable: true, within }),
    fails('pod-b', '10.96.77.77:80', 'unreachable', { within }),
  ],
});
