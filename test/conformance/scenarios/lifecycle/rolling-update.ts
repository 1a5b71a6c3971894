import { apply, draining, reaches, scenario, service, settle, slice, traffic } from '../../builders.ts';

const stages = [
  ['pod-a', 'remote-a'],
  [draining('pod-a'), 'remote-a'],
  ['remote-a'],
  ['remote-a', 'remote-b'],
  [draining('remote-a'), 'remote-b'],
  ['remote-b'],
];

export default scenario({
  name: 'a rolling update loses no connection',
  why: 'At every stage there is a usable endpoint, so no new connection may fail.',
  objects: [service('web', { ip: '10.96.0.10' }), slice('web', ['pod-a'])],
  steps: [
    traffic.start('new', { from: 'pod-b', to: '10.96.0.10:80', period: 5 }),
    traffic.start('outside', { from: 'client', to: '10.96.0.10:80', period: 5 }),
    ...stages.flatMap(stage => [apply(slice('web', stage)), settle()]),
    traffic.stop('new', { atLeast: 100 }),
    traffic.stop('outside', { atLeast: 100 }),
    reaches('pod-b', '10.96.0.10:80', 'remote-b'),
  ],
});
