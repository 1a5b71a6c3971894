import { apply, reaches, scenario, service, settle, slice } from '../../builders.ts';

const states = [['pod-a'], ['pod-a', 'remote-a'], [], ['remote-b'], ['remote-a', 'remote-b']];

export default scenario({
  name: 'after rapid changes the last state holds',
  why: 'Changes may be skipped when newer ones come, but the data plane must end up with the last.',
  objects: [service('web', { ip: '10.96.0.10' })],
  steps: [
    ...Array.from({ length: 100 }, (_, i) => apply(slice('web', states[i % states.length] ?? []))),
    apply(slice('web', ['pod-a', 'remote-b'])),
    settle(),
    reaches('pod-b', '10.96.0.10:80', ['pod-a', 'remote-b'], { stable: true }),
  ],
});
