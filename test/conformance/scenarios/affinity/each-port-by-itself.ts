import { clientIP, CLIENTS, scenario, service, slice, sticky, target, tcp } from '../../builders.ts';

const all = ['pod-a', 'remote-a', 'remote-b'];

export default scenario({
  name: 'affinity is kept for each Service and each of its ports by itself',
  why: 'upstream: TestOverallNFTablesRules and Test_servicePortEndpointChainNameBase (an affinity set for each Service port and endpoint). Where a client went by one port, or by another Service of the same endpoints, does not tie it elsewhere.',
  objects: [
    service('web', { ip: '10.96.0.10', ports: [tcp(80, { name: 'http' }), tcp(81, { name: 'admin' })], ...clientIP() }),
    slice('web', all, { ports: [target(8080, { name: 'http' }), target(8080, { name: 'admin' })] }),
    service('api', { ip: '10.96.0.11', ...clientIP() }),
    slice('api', all),
  ],
  steps: [
    sticky({ from: CLIENTS, to: '10.96.0.10:80', distinct: 2, as: 'http' }),
    sticky({ from: CLIENTS, to: '10.96.0.10:81', distinct: 2, changed: 'http', as: 'admin' }),
    sticky({ from: CLIENTS, to: '10.96.0.11:80', distinct: 2, changed: 'http', as: 'api' }),
    sticky({ from: CLIENTS, to: '10.96.0.10:80', same: 'http', within: 0 }),
    sticky({ from: CLIENTS, to: '10.96.0.10:81', same: 'admin', within: 0 }),
    sticky({ from: CLIENTS, to: '10.96.0.11:80', same: 'api', within: 0 }),
  ],
});
