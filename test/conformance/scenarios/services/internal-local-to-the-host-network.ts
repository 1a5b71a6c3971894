import { apply, fails, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'internalTrafficPolicy Local goes to the host network pod of this node',
  why: 'e2e "should respect internalTrafficPolicy=Local Pod and Node, to Pod (hostNetwork: true)": an endpoint with a node\'s own address is local to that node only.',
  objects: [
    service('web', { ip: '10.96.0.10', internalTrafficPolicy: 'Local' }),
    slice('web', ['node-host', 'peer-host']),
  ],
  steps: [
    reaches('pod-b', '10.96.0.10:80', 'node-host', { attempts: 20 }),
    reaches('node', '10.96.0.10:80', 'node-host', { attempts: 20 }),
    apply(slice('web', ['peer-host'])),
    fails('pod-b', '10.96.0.10:80', 'timeout'),
    fails('node', '10.96.0.10:80', 'timeout'),
  ],
});
