import { notReady, reaches, scenario, service, slice } from '../../builders.ts';

export default scenario({
  name: 'endpoints that are not ready get no traffic',
  why: 'Only endpoints whose ready condition is true are used.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a', notReady('remote-a')])],
  steps: [reaches('pod-b', '10.96.0.10:80', 'pod-a', { attempts: 20 })],
});
