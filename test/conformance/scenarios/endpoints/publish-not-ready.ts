import { ep, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'endpoints published as ready are used whatever else they are',
  why: 'With publishNotReadyAddresses the controller reports ready: true, even for terminating pods; the proxy goes by ready.',
  objects: [
    service('web', { ip: '10.96.0.10', publishNotReadyAddresses: true }),
    slice('web', [
      ep('pod-a', { ready: true, serving: false }),
      ep('remote-a', { ready: true, serving: false, terminating: true }),
    ]),
  ],
  steps: [reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-a'])],
});
